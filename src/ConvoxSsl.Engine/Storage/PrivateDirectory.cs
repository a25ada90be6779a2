using System.IO.Enumeration;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;

namespace ConvoxSsl.Engine.Storage;

/// <summary>Directories that only their owner may enter.</summary>
internal static class PrivateDirectory
{
    // No id begins with a dot, so what does is never taken for a certificate.
    private const string RemovedPrefix = ".removed-";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Creates a directory and those above it that are missing; one that exists stays as it is.</summary>
    public static void Create(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        // One by one: .NET gives the mode to the last one only.
        if (Path.GetDirectoryName(path) is { } parent)
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
        }
    }

    /// <summary>Removes a directory with all that is in it: in one step for readers, whatever happens afterwards.</summary>
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

    /// <summary>Whether an unfinished file is there, of a killed writer or of one at work.</summary>
    public static bool HasLeftovers(string path) => Directory.EnumerateFiles(path, "*" + AtomicFile.UnfinishedSuffix).Any();

    /// <summary>Removes what a killed writer left: removed directories that are still there, and unfinished files.</summary>
    public static void RemoveLeftovers(string path)
    {
        if (!Directory.Exists(path))
        {
            return;
        }

        foreach (var left in Leftovers(path))
        {
            if (Directory.Exists(left) && !File.GetAttributes(left).HasFlag(FileAttributes.ReparsePoint))
            {
                Delete(left);
            }
            else
            {
                DeleteFile(left);
            }
        }
    }

    // One look at each name and no more: there may be ten thousand certificates beside them.
    private static FileSystemEnumerable<string> Leftovers(string path) => new(path, (ref FileSystemEntry entry) => entry.ToFullPath(), new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false })
    {
        ShouldIncludePredicate = (ref FileSystemEntry entry) =>
            entry.FileName.StartsWith(RemovedPrefix, StringComparison.Ordinal) || entry.FileName.EndsWith(AtomicFile.UnfinishedSuffix, StringComparison.Ordinal),
    };

    private static void DeleteFile(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (IOException)
        {
            // Another process has it open, and removes it itself.
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
            // Another process cleans up too.
        }
    }

    [SupportedOSPlatform("windows")]
    private static void CreateOnWindows(string path)
    {
        var security = new DirectorySecurity();
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        using var user = WindowsIdentity.GetCurrent();
        security.AddAccessRule(new FileSystemAccessRule(
            user.User!, FileSystemRights.FullControl, InheritanceFlags.ContainerInherit | InheritanceFlags.ObjectInherit, PropagationFlags.None, AccessControlType.Allow));
        security.CreateDirectory(path);
    }
}
