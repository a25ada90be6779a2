using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Racks.Local;

/// <summary>
/// A lock between processes: a file that one process opens exclusively and the system closes when that process dies. The file
/// is never deleted, because two holders could then lock two files of the same name.
/// </summary>
internal sealed class FileLock : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Acquires the lock when it is free.</summary>
    public static async Task<FileLock> TakeAsync(string path, Action? onWait, CancellationToken ct)
    {
        PrivateDirectory.Create(Path.GetDirectoryName(path)!);
        for (var attempt = 0; ; attempt++)
        {
            ct.ThrowIfCancellationRequested();
            if (TryOpen(path) is { } file)
            {
                return new FileLock(file);
            }

            if (attempt == 0)
            {
                onWait?.Invoke();
            }

            // Use real time instead of the engine's clock, because other processes do not follow that one.
            await Task.Delay(Pause, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Acquires the lock if it is free; returns null if it is held.</summary>
    public static FileLock? TryTake(string path) => TryOpen(path) is { } file ? new FileLock(file) : null;

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    private static FileStream? TryOpen(string path)
    {
        try
        {
            return AtomicFile.OpenPrivate(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileOptions.None);
        }
        catch (IOException e) when (IsHeld(e))
        {
            return null;
        }
    }

    // ERROR_SHARING_VIOLATION on Windows; EWOULDBLOCK of flock(2), whose number differs between Linux and macOS.
    private static bool IsHeld(IOException e) =>
        e.HResult == (OperatingSystem.IsWindows() ? unchecked((int)0x80070020) : OperatingSystem.IsMacOS() ? 35 : 11);
}
