using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Racks.Local;

/// <summary>
/// A lock between processes: an open file that nobody else may open, which the system closes when its holder dies.
/// The file itself stays, because removing it would let two holders lock two files of one name.
/// </summary>
internal sealed class FileLock : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Waits until the lock is free.</summary>
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

            // Real time and not the engine's clock: other processes do not run on that one.
            await Task.Delay(Pause, ct).ConfigureAwait(false);
        }
    }

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
    private static bool IsHeld(IOException e) => e.HResult == (OperatingSystem.IsWindows() ? unchecked((int)0x80070020) : OperatingSystem.IsMacOS() ? 35 : 11);
}
