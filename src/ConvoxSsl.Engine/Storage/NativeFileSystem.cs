using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ConvoxSsl.Engine.Storage;

/// <summary>
/// What POSIX has and .NET has not: flushing a directory, renaming a link to one, and seeing without an exception that a file
/// is not there, told from one that must not be seen.
/// </summary>
public static partial class NativeFileSystem
{
    private const int NoSuchFile = 2;
    private const int NotADirectory = 20;

    /// <summary>Makes renames and removals in a directory survive a loss of power; nothing on Windows, which does it itself.</summary>
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

        // Some file systems refuse to flush a directory; they keep its order in other ways.
        _ = Flush(directory);
        _ = Close(directory);
    }

    /// <summary>Renames without following links, over what is there.</summary>
    /// <exception cref="IOException">The system refused.</exception>
    public static void Rename(string from, string to)
    {
        FailPoint.Disk("rename", to);
        if (RenameFile(from, to) != 0)
        {
            throw Failure(to);
        }
    }

    /// <summary>Whether nothing is there by that name; false on Windows, and where it can't be told.</summary>
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
