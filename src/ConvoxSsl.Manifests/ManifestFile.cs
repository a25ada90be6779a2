using ConvoxSsl.Engine;
using System.Text;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Manifests;

/// <summary>A convox.yml file with the content that was read.</summary>
public sealed class ManifestFile
{
    /// <summary>The default file name of a manifest.</summary>
    public const string DefaultName = "convox.yml";

    private const UnixFileMode AnyWrite = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    // The byte order mark of UTF-32 starts like the one of UTF-16, so it is tried first.
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

    /// <summary>The path of the file.</summary>
    public string Path { get; }

    /// <summary>The manifest.</summary>
    public Manifest Manifest { get; }

    /// <summary>Reads a manifest.</summary>
    /// <param name="path">The file, or the folder of a <c>convox.yml</c>.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="InvalidInputException"><c>FileNotFound</c>; <c>InvalidManifest</c>.</exception>
    public static async Task<ManifestFile> ReadAsync(string path, CancellationToken ct)
    {
        var file = Directory.Exists(path) ? System.IO.Path.Combine(path, DefaultName) : path;
        var bytes = await AtomicFile.TryReadAsync(file, ct).ConfigureAwait(false) ?? throw new InvalidInputException(
            ErrorCode.FileNotFound, $"Cannot find the file '{file}'.", path)
        {
            Remedy = new Remedy("FileNotFound.Manifest", DefaultName),
        };
        return Decode(file, bytes);
    }

    /// <summary>
    /// Replaces the file atomically with an edited text. Encoding and permissions stay the same. If the path is a link, its
    /// target is replaced.
    /// </summary>
    /// <param name="text">The edited text.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <returns>The new file.</returns>
    /// <exception cref="EngineException"><c>ManifestChanged</c>: the file changed after it was read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file is read-only.</exception>
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

    /// <summary>Checks that the file can be replaced, and changes nothing.</summary>
    /// <param name="path">The file, which exists.</param>
    /// <exception cref="UnauthorizedAccessException">The file is read-only, or this user cannot write to its directory.</exception>
    /// <exception cref="IOException">Its file system accepts no new files.</exception>
    public static void RequireWritable(string path)
    {
        var target = AtomicFile.ResolveLinks(path);
        RequireWriteBit(path, target);
        WritablePath.RequireDirectory(System.IO.Path.GetDirectoryName(target)!);
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
                ErrorCode.InvalidManifest,
                $"'{path}' is not a valid manifest: byte {mark + e.Index + 1} is not valid {encoding.WebName.ToUpperInvariant()}.",
                path,
                e)
            {
                Remedy = "Save it as UTF-8.",
            };
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

    // Also checks that the file is writable: a rename does not, and administrators can open any file.
    private async Task RequireUnchangedAsync(string target, CancellationToken ct)
    {
        var now = new MemoryStream(_bytes.Length);
        RequireWriteBit(Path, target);
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

    private static void RequireWriteBit(string path, string target)
    {
        if (!OperatingSystem.IsWindows() && File.Exists(target) && (File.GetUnixFileMode(target) & AnyWrite) == 0)
        {
            throw new UnauthorizedAccessException($"'{path}' cannot be changed because it is read-only.");
        }
    }

    private EngineException CreateChangedException(Exception? inner) => new(
        ErrorCode.ManifestChanged,
        EngineErrorKind.InvalidState,
        $"'{Path}' was not changed because another program changed it at the same time.",
        Path,
        inner)
    {
        Remedy = "Run the command again.",
    };
}
