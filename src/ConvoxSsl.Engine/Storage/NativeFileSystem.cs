using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ConvoxSsl.Engine.Storage;

/// <summary>
/// POSIX functions that .NET lacks: flushing a directory, renaming a link to a directory, and testing without an exception
/// that a file is missing, as opposed to inaccessible.
/// </summary>
public static partial class NativeFileSystem
{
    private const int NoSuchFile = 2;
    private const int NotADirectory = 20;

    /// <summary>
    /// Flushes a directory, so that renames and removals in it survive a loss of power. Does nothing on Windows, which
    /// does so itself.
    /// </summary>
    public static void FlushDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        FailPoint.Disk("flush directory", path);
        var directory = Open(path, 0);
        if (directory < 0)
        {
            throw Failure(path);
        }

        // Some file systems cannot flush a directory; they order its changes in other ways.
        _ = Flush(directory);
        _ = Close(directory);
    }

    /// <summary>Renames a file or link without following it, and replaces an existing one.</summary>
    /// <exception cref="IOException">The system call failed.</exception>
    public static void Rename(string from, string to)
    {
        FailPoint.Disk("rename", to);
        if (RenameFile(from, to) != 0)
        {
            throw Failure(to);
        }
    }

    /// <summary>True if the path does not exist; false on Windows, and if the result is not certain.</summary>
    public static bool IsMissing(string path) =>
        !OperatingSystem.IsWindows() && Access(path, 0) != 0 && Marshal.GetLastPInvokeError() is NoSuchFile or NotADirectory;

    private static IOException Failure(string path) => new($"{new Win32Exception(Marshal.GetLastPInvokeError()).Message}: '{path}'");

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameFile(string from, string to);
}
