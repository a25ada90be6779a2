namespace ConvoxSsl.Engine.Storage;

/// <summary>
/// Files that only their owner may read, and that are there whole or not at all: written beside, flushed, renamed.
/// </summary>
public static class PrivateFile
{
    /// <summary>What a file is called until it is complete; a killed writer leaves one, which the next one removes.</summary>
    public const string UnfinishedSuffix = ".unfinished";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Replaces a file in one step that survives a loss of power.</summary>
    public static async Task ReplaceAsync(string path, ReadOnlyMemory<byte> contents, CancellationToken ct)
    {
        var unfinished = $"{path}.{Guid.NewGuid():N}{UnfinishedSuffix}";
        try
        {
            await CreateAsync(unfinished, contents, ct).ConfigureAwait(false);
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

    /// <summary>Creates a file that is not there yet, flushed to the disk; its directory is not.</summary>
    public static async Task CreateAsync(string path, ReadOnlyMemory<byte> contents, CancellationToken ct)
    {
        await using var file = Open(path, FileMode.CreateNew, FileAccess.Write, FileOptions.Asynchronous);
        FailPoint.Write(file, contents);
        await file.WriteAsync(contents, ct).ConfigureAwait(false);
        FailPoint.Disk("flush", path);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Opens a file that nobody else may open meanwhile; one that it creates is the owner's from the first byte.</summary>
    public static FileStream Open(string path, FileMode mode, FileAccess access, FileOptions options)
    {
        var how = new FileStreamOptions { Mode = mode, Access = access, Share = FileShare.None, Options = options };
        if (!OperatingSystem.IsWindows())
        {
            // A mode that is set afterwards leaves a moment in which others can open the file.
            how.UnixCreateMode = OwnerOnly;
        }

        FailPoint.Disk("open", path);
        return new FileStream(path, how);
    }

    /// <summary>A file's contents, or null where there is none.</summary>
    public static async Task<byte[]?> TryReadAsync(string path, CancellationToken ct)
    {
        // Most files that are asked for are not there, and exceptions take longer than all the rest.
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

    /// <summary>Removes files of one directory, in that order, so that they stay removed; one that is gone already is no error.</summary>
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
}
