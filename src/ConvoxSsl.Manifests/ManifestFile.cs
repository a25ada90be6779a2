using ConvoxSsl.Engine;
using System.Text;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Manifests;

/// <summary>A convox.yml on the disk, as it was when it was read.</summary>
public sealed class ManifestFile
{
    /// <summary>What a manifest is called in its folder.</summary>
    public const string DefaultName = "convox.yml";

    private const UnixFileMode AnyWrite = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    // The mark of UTF-32 begins like that of UTF-16, and so comes before it.
    private static readonly Encoding[] EncodingsWithMark =
    [
        new UTF8Encoding(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true),
        new UTF32Encoding(bigEndian: false, byteOrderMark: true, throwOnInvalidCharacters: true),
        new UTF32Encoding(bigEndian: true, byteOrderMark: true, throwOnInvalidCharacters: true),
        new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true),
        new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true),
    ];

    private static readonly UTF8Encoding Utf8WithoutMark = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly byte[] _bytes;
    private readonly Encoding _encoding;

    private ManifestFile(string path, byte[] bytes, Encoding encoding, Manifest manifest)
    {
        Path = path;
        _bytes = bytes;
        _encoding = encoding;
        Manifest = manifest;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What it holds.</summary>
    public Manifest Manifest { get; }

    /// <summary>Reads a manifest.</summary>
    /// <param name="path">The file, or the folder that has a <c>convox.yml</c>.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="InvalidInputException"><c>FileNotFound</c>; <c>InvalidManifest</c>.</exception>
    public static async Task<ManifestFile> ReadAsync(string path, CancellationToken ct)
    {
        var file = Directory.Exists(path) ? System.IO.Path.Combine(path, DefaultName) : path;
        var bytes = await AtomicFile.TryReadAsync(file, ct).ConfigureAwait(false) ?? throw new InvalidInputException(
            ErrorCode.FileNotFound, $"There is no file '{file}'. Name the app's {DefaultName}, or its folder, with -Path.", path);
        return Decode(file, bytes);
    }

    /// <summary>
    /// Puts an edited text in place of the file, in one step, with its encoding and its permissions. Where the path is a
    /// link, the file behind it is replaced.
    /// </summary>
    /// <param name="text">The edited text.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>The file as it is now.</returns>
    /// <exception cref="EngineException"><c>ManifestChanged</c>: somebody else changed it since it was read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public async Task<ManifestFile> WriteAsync(string text, CancellationToken ct)
    {
        if (text == Manifest.Text)
        {
            return this;
        }

        byte[] bytes = [.. _encoding.GetPreamble(), .. _encoding.GetBytes(text)];
        var written = new ManifestFile(Path, bytes, _encoding, Manifest.Parse(text, Path));
        await AtomicFile.WriteAsync(FindTarget(), bytes, target => RequireUnchangedAsync(target, ct), ct).ConfigureAwait(false);
        return written;
    }

    internal static ManifestFile Decode(string path, byte[] bytes)
    {
        var encoding = EncodingsWithMark.FirstOrDefault(e => bytes.AsSpan().StartsWith(e.Preamble)) ?? Utf8WithoutMark;
        var mark = encoding.GetPreamble().Length;
        string text;
        try
        {
            text = encoding.GetString(bytes, mark, bytes.Length - mark);
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidInputException(
                ErrorCode.InvalidManifest, $"'{path}' is no manifest that can be read: its byte {mark + e.Index + 1} does not fit {encoding.WebName.ToUpperInvariant()}. Save it as UTF-8.", path, e);
        }

        return new ManifestFile(path, bytes, encoding, Manifest.Parse(text, path));
    }

    private string FindTarget()
    {
        try
        {
            return AtomicFile.ResolveLinks(Path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw CreateChangedException(e);
        }
    }

    // Also asks whether the file may be written: a rename would not care, and an administrator is never refused.
    private async Task RequireUnchangedAsync(string target, CancellationToken ct)
    {
        var now = new MemoryStream(_bytes.Length);
        if (!OperatingSystem.IsWindows() && File.Exists(target) && (File.GetUnixFileMode(target) & AnyWrite) == 0)
        {
            throw new UnauthorizedAccessException($"'{Path}' is read-only. Make it writable, or edit another copy.");
        }

        try
        {
            await using var file = new FileStream(target, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            await file.CopyToAsync(now, ct).ConfigureAwait(false);
        }
        catch (FileNotFoundException e)
        {
            throw CreateChangedException(e);
        }

        if (!now.ToArray().AsSpan().SequenceEqual(_bytes))
        {
            throw CreateChangedException(null);
        }
    }

    private EngineException CreateChangedException(Exception? inner) => new(
        ErrorCode.ManifestChanged, EngineErrorKind.InvalidState, $"'{Path}' was changed by somebody else while it was being edited, and was left as it is now. Run the command again.", Path, inner);
}
