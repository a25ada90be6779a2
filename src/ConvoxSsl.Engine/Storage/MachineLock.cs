using System.Runtime.InteropServices;

namespace ConvoxSsl.Engine.Storage;

/// <summary>
/// A lock between all processes of a machine that use this module, whichever user they run as. It is advisory: anyone can hold it,
/// so it must not protect data.
/// </summary>
internal sealed partial class MachineLock : IDisposable
{
    private const int ExclusiveWithoutWait = 2 | 4;
    private const int None = -1;
    private const int MaxAttempts = 100;

    // O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, whose numbers depend on the system. A link, or a pipe that blocks who opens it, may be
    // there already, because anyone can write in the directory.
    private static readonly int CautiousFlags =
        OperatingSystem.IsMacOS() ? 0x100 | 0x4 | 0x1000000
        : RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 ? 0x8000 | 0x800 | 0x80000
        : 0x20000 | 0x800 | 0x80000;

    private readonly int _descriptor;
    private readonly string? _file;
    private readonly EventWaitHandle? _handle;

    private MachineLock(int descriptor, string? file, EventWaitHandle? handle) =>
        (_descriptor, _file, _handle) = (descriptor, file, handle);

    /// <summary>Acquires a lock; returns null if another process holds it. Where there are no such locks, it is always free.</summary>
    /// <param name="name">The name: letters, digits and hyphens.</param>
    public static MachineLock? TryTake(string name) => OperatingSystem.IsWindows() ? TryTakeHandle(name) : TryTakeFile(name);

    /// <summary>Chooses the directory for files, the same for all users of a machine: one in which everyone can create them.</summary>
    /// <param name="preferred">The system's directory for locks, in which some distributions let only root create files.</param>
    internal static string ChooseDirectory(string preferred) =>
        !OperatingSystem.IsWindows()
        && Directory.Exists(preferred)
        && File.GetUnixFileMode(preferred).HasFlag(UnixFileMode.OtherWrite)
            ? preferred
            : "/tmp";

    /// <inheritdoc/>
    public void Dispose()
    {
        _handle?.Dispose();
        if (_descriptor != None)
        {
            Remove(_file!);
            _ = NativeFileSystem.Close(_descriptor);
        }
    }

    // The handle exists while a process has it open.
    private static MachineLock? TryTakeHandle(string name)
    {
        try
        {
            var handle = new EventWaitHandle(false, EventResetMode.ManualReset, $@"Global\ConvoxSsl-{name}", out var isNew);
            if (isNew)
            {
                return new MachineLock(None, null, handle);
            }

            handle.Dispose();
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            // It is another user's.
            return null;
        }
    }

    private static MachineLock? TryTakeFile(string name)
    {
        var file = Path.Combine(ChooseDirectory("/run/lock"), $"convoxssl-{name}.lock");
        for (var attempt = 1; ; attempt++)
        {
            var descriptor = NativeFileSystem.Open(file, CautiousFlags);
            if (descriptor < 0)
            {
                if (attempt < MaxAttempts && TryCreate(file))
                {
                    continue;
                }

                return new MachineLock(None, null, null);
            }

            if (Lock(descriptor, ExclusiveWithoutWait) != 0)
            {
                _ = NativeFileSystem.Close(descriptor);
                return null;
            }

            if (NativeFileSystem.IsOpenFile(descriptor, file) || attempt == MaxAttempts)
            {
                return new MachineLock(descriptor, file, null);
            }

            // The previous holder has removed the file meanwhile.
            _ = NativeFileSystem.Close(descriptor);
        }
    }

    // While it is locked. In a sticky directory, only the user who created the file can remove it.
    private static void Remove(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It stays for the next holder.
        }
    }

    // Readable by all, because reading is all that a lock needs.
    private static bool TryCreate(string file)
    {
        const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        try
        {
            using var created = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(created.SafeFileHandle, Readable);
            }

            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return File.Exists(file);
        }
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(int descriptor, int operation);
}
