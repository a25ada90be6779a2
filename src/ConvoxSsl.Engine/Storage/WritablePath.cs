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
        var existing = path;
        while (!Directory.Exists(existing))
        {
            if (File.Exists(existing))
            {
                throw new IOException($"Cannot create the directory '{path}' because '{existing}' is a file.");
            }

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
