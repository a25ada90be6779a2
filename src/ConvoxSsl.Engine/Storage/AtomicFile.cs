using Microsoft.Win32.SafeHandles;

namespace ConvoxSsl.Engine.Storage;

/// <summary>
/// Writes files atomically: to a temporary file in the same directory, which is flushed to the disk and then renamed.
/// Readers see the old contents or the new, even after a crash or a loss of power. Private files are readable by their
/// owner only, from the first byte.
/// </summary>
public static class AtomicFile
{
    /// <summary>The suffix of temporary files. A killed process leaves one, which a later one removes.</summary>
    public const string UnfinishedSuffix = ".unfinished";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Creates or replaces a private file.</summary>
    public static async Task WritePrivateAsync(string path, ReadOnlyMemory<byte> contents, CancellationToken ct)
    {
        var unfinished = CreateUnfinishedPath(path);
        try
        {
            await CreatePrivateAsync(unfinished, contents, ct).ConfigureAwait(false);
            FailPoint.Disk("rename", path);
            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }

        NativeFileSystem.FlushDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>
    /// Creates or replaces a file that is not private. An existing file keeps its permissions, and a link is followed. A
    /// new file gets the default permissions.
    /// </summary>
    /// <param name="path">The file, or a link to it.</param>
    /// <param name="contents">The new contents.</param>
    /// <param name="verifyAsync">
    /// Called with the path behind all links, just before the file is replaced; throws to keep the old one.
    /// </param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="InvalidInputException"><c>InvalidPath</c>: the path is not that of a file.</exception>
    public static async Task WriteAsync(string path, ReadOnlyMemory<byte> contents, Func<string, Task>? verifyAsync, CancellationToken ct)
    {
        if (NativeFileSystem.IsSpecial(path))
        {
            throw new InvalidInputException(ErrorCode.InvalidPath, $"Cannot write '{path}' because it is a device, pipe or socket.", path)
            {
                Remedy = "Give another path.",
            };
        }

        var target = ResolveTarget(path);
        var unfinished = CreateUnfinishedPath(target);
        try
        {
            await CreateAsync(unfinished, contents, File.Exists(target) ? OwnerOnly : null, null, ct).ConfigureAwait(false);
            await (verifyAsync?.Invoke(target) ?? Task.CompletedTask).ConfigureAwait(false);
            FailPoint.Disk("rename", target);
            Replace(unfinished, target);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }

        NativeFileSystem.FlushDirectory(Path.GetDirectoryName(target)!);
    }

    /// <summary>Gets the full path of a file behind all links.</summary>
    /// <exception cref="FileNotFoundException">The path does not exist.</exception>
    /// <exception cref="DirectoryNotFoundException">The path's directory does not exist.</exception>
    public static string ResolveLinks(string path) =>
        File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);

    /// <summary>Creates a private file, flushed to the disk; its directory is not flushed.</summary>
    /// <exception cref="IOException">The file exists.</exception>
    public static Task CreatePrivateAsync(string path, ReadOnlyMemory<byte> contents, CancellationToken ct) =>
        CreateAsync(path, contents, OwnerOnly, null, ct);

    /// <summary>Opens a private file exclusively.</summary>
    public static FileStream OpenPrivate(string path, FileMode mode, FileAccess access, FileOptions options) =>
        Open(path, mode, access, options, OwnerOnly);

    /// <summary>Reads a file; null if it does not exist.</summary>
    public static async Task<byte[]?> TryReadAsync(string path, CancellationToken ct)
    {
        // Most lookups are for files that do not exist, and exceptions are slow.
        if (NativeFileSystem.IsMissing(path))
        {
            return null;
        }

        try
        {
            return await File.ReadAllBytesAsync(path, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Removes files of one directory in the order given, and flushes the directory. Missing files are skipped.</summary>
    public static void Remove(params string[] paths)
    {
        var isChanged = false;
        foreach (var path in paths.Where(File.Exists))
        {
            FailPoint.Disk("delete", path);
            File.Delete(path);
            isChanged = true;
        }

        if (isChanged)
        {
            NativeFileSystem.FlushDirectory(Path.GetDirectoryName(paths[0])!);
        }
    }

    /// <summary>Removes temporary files that killed writers of a file left. The caller holds the lock under which it is written.</summary>
    public static void RemoveUnfinished(string path)
    {
        foreach (var unfinished in FindUnfinished(path))
        {
            FailPoint.Disk("delete", unfinished);
            File.Delete(unfinished);
        }
    }

    /// <summary>Finds the temporary files of a file, of killed and of running writers.</summary>
    public static IReadOnlyList<string> FindUnfinished(string path)
    {
        var directory = Path.GetDirectoryName(path)!;
        return Directory.Exists(directory) ? Directory.GetFiles(directory, $"{Path.GetFileName(path)}.*{UnfinishedSuffix}") : [];
    }

    /// <summary>Returns the path of a new temporary file for a file.</summary>
    internal static string CreateUnfinishedPath(string path) => $"{path}.{Guid.NewGuid():N}{UnfinishedSuffix}";

    private static string ResolveTarget(string path) => File.Exists(path) ? ResolveLinks(path) : Path.GetFullPath(path);

    /// <summary>Moves a file over another, or to a new path.</summary>
    internal static void Move(string unfinished, string target)
    {
        if (OperatingSystem.IsWindows() && File.Exists(target))
        {
            // Unlike a move, this keeps the access list of the replaced file.
            File.Replace(unfinished, target, null);
        }
        else
        {
            File.Move(unfinished, target, overwrite: true);
        }
    }

    /// <summary>Creates a private file, changes it while it is open, and flushes it to the disk; its directory is not flushed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="contents">The contents.</param>
    /// <param name="change">Changes the file after its contents are written.</param>
    /// <param name="ct">The cancellation token.</param>
    internal static Task CreatePrivateAsync(
        string path, ReadOnlyMemory<byte> contents, Action<SafeFileHandle> change, CancellationToken ct) =>
        CreateAsync(path, contents, OwnerOnly, change, ct);

    private static async Task CreateAsync(
        string path, ReadOnlyMemory<byte> contents, UnixFileMode? unixMode, Action<SafeFileHandle>? change, CancellationToken ct)
    {
        await using var file = Open(path, FileMode.CreateNew, FileAccess.Write, FileOptions.Asynchronous, unixMode);
        FailPoint.Write(file, contents);
        await file.WriteAsync(contents, ct).ConfigureAwait(false);
        change?.Invoke(file.SafeFileHandle);
        FailPoint.Disk("flush", path);
        file.Flush(flushToDisk: true);
    }

    private static FileStream Open(string path, FileMode mode, FileAccess access, FileOptions options, UnixFileMode? unixMode)
    {
        var streamOptions = new FileStreamOptions { Mode = mode, Access = access, Share = FileShare.None, Options = options };
        if (!OperatingSystem.IsWindows())
        {
            // Setting the mode after the file was created would let others open it in between.
            streamOptions.UnixCreateMode = unixMode;
        }

        FailPoint.Disk("open", path);
        return new FileStream(path, streamOptions);
    }

    private static void Replace(string unfinished, string target)
    {
        if (!OperatingSystem.IsWindows() && File.Exists(target))
        {
            File.SetUnixFileMode(unfinished, File.GetUnixFileMode(target));
        }

        Move(unfinished, target);
    }
}
