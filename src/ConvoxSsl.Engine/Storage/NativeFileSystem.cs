using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ConvoxSsl.Engine.Storage;

/// <summary>
/// POSIX functions that .NET lacks: flushing a directory, renaming a link to a directory, creating a directory regardless of the
/// umask, reading the owner, and testing without an exception that a file is missing, as opposed to inaccessible.
/// </summary>
public static partial class NativeFileSystem
{
    private const int NoSuchFile = 2;
    private const int NotADirectory = 20;
    private const int FileExists = 17;
    private const int WriteAndEnter = 2 | 1;
    private const uint FileTypeMask = 0xF000;
    private const uint DirectoryType = 0x4000;
    private const uint RegularType = 0x8000;
    private const uint LinkType = 0xA000;
    private const uint PermissionMask = 0xFFF;
    private const uint Unchanged = uint.MaxValue;

    // O_DIRECTORY | O_NOFOLLOW, whose numbers depend on the system.
    private static readonly int DirectoryWithoutLinks =
        OperatingSystem.IsMacOS() ? 0x100000 | 0x100
        : RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 ? 0x4000 | 0x8000
        : 0x10000 | 0x20000;

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

    /// <summary>Creates a directory with exactly this mode, whatever the umask; returns false if the path exists.</summary>
    /// <exception cref="IOException">The system call failed.</exception>
    public static bool TryCreateDirectory(string path, UnixFileMode mode)
    {
        if (MakeDirectory(path, (uint)mode) != 0)
        {
            return Marshal.GetLastPInvokeError() == FileExists ? false : throw Failure(path);
        }

        // Through a descriptor that follows no link: somebody who can write in the parent could put one in the directory's place.
        var directory = Open(path, DirectoryWithoutLinks);
        if (directory < 0)
        {
            throw Failure(path);
        }

        var result = ChangeMode(directory, (uint)mode);
        _ = Close(directory);
        return result == 0 ? true : throw Failure(path);
    }

    /// <summary>True if a file or link belongs to the current user or to root. A link is not followed.</summary>
    /// <exception cref="IOException">The system call failed.</exception>
    public static bool IsTrustedOwner(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return true;
        }

        return ReadStatus(path, out var data) == 0 ? Convert(data).HasTrustedOwner : throw Failure(path);
    }

    /// <summary>Reads the owner and mode of a file or link, which is not followed; null if it is missing or inaccessible.</summary>
    internal static FileStatus? FindStatus(string path) => ReadStatus(path, out var data) == 0 ? Convert(data) : null;

    /// <summary>Finds the reason why the current user cannot create files in a directory; null if there is none, and on Windows.</summary>
    internal static string? FindWriteFault(string directory) =>
        OperatingSystem.IsWindows() || Access(directory, WriteAndEnter) == 0 ? null : GetLastError();

    /// <summary>
    /// True for a device, a pipe or a socket, even behind a link. No file may replace one, because other programs use it.
    /// </summary>
    public static bool IsSpecial(string path) => !OperatingSystem.IsWindows()
        && File.Exists(path)
        && ReadStatus(AtomicFile.ResolveLinks(path), out var data) == 0
        && (data.Mode & FileTypeMask) is not (RegularType or DirectoryType or LinkType);

    /// <summary>Sets the owner and group of an open file; null leaves one unchanged. Returns the reason if that fails.</summary>
    internal static string? TrySetOwner(SafeFileHandle file, uint? user, uint? group) =>
        ChangeOwner(file, user ?? Unchanged, group ?? Unchanged) == 0 ? null : GetLastError();

    /// <summary>Sets the owner and group of a directory, which is not a link. Returns the reason if that fails.</summary>
    internal static string? TrySetOwner(string path, uint? user, uint? group) =>
        ChangeLinkOwner(path, user ?? Unchanged, group ?? Unchanged) == 0 ? null : GetLastError();

    /// <summary>True if a path, which is not followed, still names the file that is open.</summary>
    internal static bool IsOpenFile(int descriptor, string path) =>
        ReadOpenStatus(descriptor, out var open) == 0
        && ReadStatus(path, out var named) == 0
        && (open.Device, open.Index) == (named.Device, named.Index);

    private static FileStatus Convert(StatusData data) => new(
        data.User, data.Group, (UnixFileMode)(data.Mode & PermissionMask), (data.Mode & FileTypeMask) == LinkType);

    private static IOException Failure(string path) => new($"{GetLastError()}: '{path}'");

    private static string GetLastError() => new Win32Exception(Marshal.GetLastPInvokeError()).Message;

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeDirectory(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    private static partial int ChangeMode(int descriptor, uint mode);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    private static partial int ChangeOwner(SafeFileHandle file, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeLinkOwner(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint GetEffectiveUser();

    [LibraryImport("libc", EntryPoint = "getegid")]
    internal static partial uint GetEffectiveGroup();

    // .NET's own function: that of libc has another structure on each system.
    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_LStat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ReadStatus(string path, out StatusData data);

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_FStat", SetLastError = true)]
    private static partial int ReadOpenStatus(nint descriptor, out StatusData data);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameFile(string from, string to);

    // The beginning of the structure, with room for the rest.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatusData
    {
        [FieldOffset(4)]
        public uint Mode;

        [FieldOffset(8)]
        public uint User;

        [FieldOffset(12)]
        public uint Group;

        [FieldOffset(88)]
        public long Device;

        [FieldOffset(104)]
        public long Index;
    }
}
