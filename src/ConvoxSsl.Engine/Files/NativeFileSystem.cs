using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ConvoxSsl.Engine.Files;

/// <summary>The two calls of POSIX that .NET does not offer: flushing a directory, and renaming a link to one.</summary>
internal static partial class NativeFileSystem
{
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

    private static IOException Failure(string path) => new($"{new Win32Exception(Marshal.GetLastPInvokeError()).Message}: '{path}'");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameFile(string from, string to);
}
