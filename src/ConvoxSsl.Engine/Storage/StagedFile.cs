using Microsoft.Win32.SafeHandles;

namespace ConvoxSsl.Engine.Storage;

/// <summary>
/// The new contents of a file, complete and on the disk beside it, with the owner, group and mode that it will have. Several files can
/// be staged first and then be replaced back to back. Dispose it to remove what was not committed.
/// </summary>
internal sealed class StagedFile : IDisposable
{
    private const UnixFileMode All = (UnixFileMode)0b111_111_111;

    // No writer takes as long as this.
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    private readonly string _unfinished;
    private bool _isCommitted;

    private StagedFile(string path)
    {
        Path = path;
        _unfinished = AtomicFile.CreateUnfinishedPath(path);
    }

    /// <summary>The file that is replaced.</summary>
    public string Path { get; }

    /// <summary>Stages a file. A link of the current user or root is followed; another one is replaced.</summary>
    /// <param name="path">The path.</param>
    /// <param name="contents">The contents.</param>
    /// <param name="permissions">The owner, group and mode.</param>
    /// <param name="newMode">The mode of a new file.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="EngineException"><c>OwnerNotChangeable</c>.</exception>
    public static async Task<StagedFile> CreateAsync(
        string path, ReadOnlyMemory<byte> contents, FilePermissions permissions, UnixFileMode newMode, CancellationToken ct)
    {
        var staged = new StagedFile(FindTarget(path));
        try
        {
            await AtomicFile.CreatePrivateAsync(
                staged._unfinished, contents, file => staged.SetPermissions(file, permissions, newMode), ct).ConfigureAwait(false);
            staged.RemoveLeftovers();
            return staged;
        }
        catch
        {
            staged.Dispose();
            throw;
        }
    }

    /// <summary>Returns the path that is replaced: behind a link of the current user or root, otherwise the given one.</summary>
    public static string FindTarget(string path) =>
        File.Exists(path) && NativeFileSystem.IsTrustedOwner(path) ? AtomicFile.ResolveLinks(path) : path;

    /// <summary>Finds the status of the file whose owner, group and mode a new one keeps; null for a link and if there is none.</summary>
    public static FileStatus? FindReplaced(string target) =>
        NativeFileSystem.FindStatus(target) is { IsLink: false } status ? status : null;

    /// <summary>Replaces the file. The caller flushes the directory.</summary>
    public void Commit()
    {
        FailPoint.Disk("rename", Path);
        AtomicFile.Move(_unfinished, Path);
        _isCommitted = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isCommitted)
        {
            File.Delete(_unfinished);
        }
    }

    private void SetPermissions(SafeFileHandle file, FilePermissions permissions, UnixFileMode newMode)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var (replaced, own) = (FindReplaced(Path), NativeFileSystem.FindStatus(_unfinished));
        var (user, group) = (permissions.User ?? replaced?.User, permissions.Group ?? replaced?.Group);
        if ((user ?? own?.User, group ?? own?.Group) != (own?.User, own?.Group)
            && NativeFileSystem.TrySetOwner(file, user, group) is { } reason)
        {
            throw new EngineException(
                ErrorCode.OwnerNotChangeable,
                EngineErrorKind.Denied,
                $"Cannot give '{Path}' the owner {user ?? own?.User} and the group {group ?? own?.Group}: {reason}. Nothing was replaced.",
                Path)
            {
                Remedy = replaced is null ? "Run the command as root." : "Run the command as root, or remove the file first.",
            };
        }

        // After the owner, whose change can clear a part of the mode.
        File.SetUnixFileMode(file, (permissions.Mode ?? replaced?.Mode ?? newMode) & All);
    }

    // Those of killed writers are older than the file that was just written.
    private void RemoveLeftovers()
    {
        var oldest = File.GetLastWriteTimeUtc(_unfinished) - MaxAge;
        foreach (var leftover in AtomicFile.FindUnfinished(Path).Where(file => File.GetLastWriteTimeUtc(file) < oldest))
        {
            FailPoint.Disk("delete", leftover);
            File.Delete(leftover);
        }
    }
}
