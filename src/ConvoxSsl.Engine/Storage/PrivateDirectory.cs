using System.IO.Enumeration;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;

namespace ConvoxSsl.Engine.Storage;

/// <summary>Creates and removes directories that only their owner can access.</summary>
internal static class PrivateDirectory
{
    // No certificate id begins with a dot.
    private const string RemovedPrefix = ".removed-";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>
    /// Creates a directory and its missing parents, and flushes their parents, so that they survive a loss of power. Existing
    /// directories stay unchanged.
    /// </summary>
    public static void Create(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        // One by one, because .NET sets the mode of the last directory only.
        var parent = Path.GetDirectoryName(path);
        if (parent is not null)
        {
            Create(parent);
        }

        FailPoint.Disk("make directory", path);
        if (OperatingSystem.IsWindows())
        {
            CreateOnWindows(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly);
            NativeFileSystem.FlushDirectory(parent!);
        }
    }

    /// <summary>Removes a directory with its contents, atomically for readers.</summary>
    public static void Remove(string path)
    {
        if (!Directory.Exists(path))
        {
            return;
        }

        var parent = Path.GetDirectoryName(path)!;
        var removed = Path.Combine(parent, RemovedPrefix + Guid.NewGuid().ToString("N"));
        FailPoint.Disk("move directory", removed);
        Directory.Move(path, removed);
        NativeFileSystem.FlushDirectory(parent);
        Delete(removed);
    }

    /// <summary>Removes temporary files and half-removed directories that killed processes left behind.</summary>
    public static void RemoveLeftovers(string path)
    {
        if (!Directory.Exists(path))
        {
            return;
        }

        foreach (var leftover in EnumerateLeftovers(path))
        {
            if (Directory.Exists(leftover) && !File.GetAttributes(leftover).HasFlag(FileAttributes.ReparsePoint))
            {
                Delete(leftover);
            }
            else
            {
                DeleteFile(leftover);
            }
        }
    }

    // Compares names without allocating strings: the directory may contain ten thousand certificates.
    private static FileSystemEnumerable<string> EnumerateLeftovers(string path)
    {
        var options = new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false };
        return new FileSystemEnumerable<string>(path, (ref FileSystemEntry entry) => entry.ToFullPath(), options)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) =>
                entry.FileName.StartsWith(RemovedPrefix, StringComparison.Ordinal)
                || entry.FileName.EndsWith(AtomicFile.UnfinishedSuffix, StringComparison.Ordinal),
        };
    }

    private static void DeleteFile(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (IOException)
        {
            // Another process has it open and removes it itself.
        }
    }

    private static void Delete(string path)
    {
        try
        {
            FailPoint.Disk("delete", path);
            Directory.Delete(path, recursive: true);
        }
        catch (IOException)
        {
            // Another process is removing it, too.
        }
    }

    [SupportedOSPlatform("windows")]
    private static void CreateOnWindows(string path)
    {
        var security = new DirectorySecurity();
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        using var user = WindowsIdentity.GetCurrent();
        security.AddAccessRule(new FileSystemAccessRule(
            user.User!,
            FileSystemRights.FullControl,
            InheritanceFlags.ContainerInherit | InheritanceFlags.ObjectInherit,
            PropagationFlags.None,
            AccessControlType.Allow));
        security.CreateDirectory(path);
    }
}
