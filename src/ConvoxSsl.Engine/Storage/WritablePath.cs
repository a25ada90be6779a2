namespace ConvoxSsl.Engine.Storage;

/// <summary>Checks that files can be created, without creating any, so that a preview promises nothing that the command rejects.</summary>
public static class WritablePath
{
    // Their permissions allow the superuser everything, but they accept no new files.
    private static readonly string[] KernelFileSystems =
        ["proc", "sysfs", "cgroup", "cgroupfs", "cgroup2", "cgroup2fs", "debugfs", "tracefs", "securityfs"];

    /// <summary>Checks that new files can be created in a directory, which need not exist.</summary>
    /// <param name="path">The full path of the directory.</param>
    /// <exception cref="UnauthorizedAccessException">This user cannot write there.</exception>
    /// <exception cref="IOException">The path or a parent is a file, or the file system accepts no new files.</exception>
    public static void RequireDirectory(string path)
    {
        if (FindFile(path) is { } file)
        {
            throw new IOException($"Cannot create the directory '{path}' because '{file}' is a file.");
        }

        var existing = path;
        while (!Directory.Exists(existing))
        {
            existing = Path.GetDirectoryName(existing) ?? throw new DirectoryNotFoundException($"Cannot find the path '{existing}'.");
        }

        if (OperatingSystem.IsWindows())
        {
            return;
        }

        if (NativeFileSystem.FindWriteFault(existing) is { } fault)
        {
            throw new UnauthorizedAccessException($"Cannot write to the directory '{existing}': {fault}.");
        }

        if (IsOfKernel(existing))
        {
            throw new IOException($"Cannot create files in the directory '{existing}'.");
        }
    }

    /// <summary>Finds the file that a path or a parent of it is; null if the path is or can become a directory.</summary>
    /// <param name="path">The full path.</param>
    public static string? FindFile(string? path)
    {
        while (path is not null && !Directory.Exists(path))
        {
            if (File.Exists(path))
            {
                return path;
            }

            path = Path.GetDirectoryName(path);
        }

        return null;
    }

    private static bool IsOfKernel(string directory)
    {
        try
        {
            return KernelFileSystems.Contains(new DriveInfo(directory).DriveFormat, StringComparer.OrdinalIgnoreCase);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }
}
