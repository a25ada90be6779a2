using System.Text;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Challenges;

/// <summary>Solves http-01 through a running web server: the key authorizations are files below its root directory.</summary>
public sealed class Http01WebRoot : IChallengeSolver
{
    private const int MaxAttempts = 100;
    private const string WellKnownName = ".well-known";
    private const string FolderName = "acme-challenge";
    private const UnixFileMode FileMode0644 =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode DirectoryMode0755 =
        FileMode0644 | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly string _root;

    // The directories that orders of this solver created. Orders share them, so the last one removes them.
    private readonly HashSet<string> _created = new(StringComparer.Ordinal);
    private readonly object _gate = new();

    /// <param name="root">The web server's root directory.</param>
    /// <exception cref="InvalidInputException"><c>InvalidWebRoot</c>: the directory does not exist.</exception>
    public Http01WebRoot(string root)
    {
        if (!Directory.Exists(root))
        {
            throw new InvalidInputException(ErrorCode.InvalidWebRoot, $"The web root '{root}' is not a directory.", root)
            {
                Remedy = "Use the directory that the web server serves at '/'.",
            };
        }

        _root = Path.GetFullPath(root);
    }

    /// <inheritdoc/>
    public string Type => ChallengeTypes.Http01;

    /// <inheritdoc/>
    public bool OutlivesProcess => true;

    private string WellKnown => Path.Combine(_root, WellKnownName);

    private string Folder => Path.Combine(WellKnown, FolderName);

    /// <inheritdoc/>
    public async Task PresentAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct)
    {
        try
        {
            foreach (var challenge in challenges)
            {
                await WriteAsync(challenge, ct).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new EngineException(
                ErrorCode.WebRootNotWritable,
                EngineErrorKind.Denied,
                $"Cannot write the challenge below the web root '{_root}': {e.Message}.",
                _root,
                e) { Remedy = "Give this user permission to write there." };
        }
    }

    /// <inheritdoc/>
    public Task WaitUntilVisibleAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<bool> WaitUntilVisitedAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct) => Task.FromResult(false);

    /// <inheritdoc/>
    public Task CleanUpAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct)
    {
        foreach (var challenge in challenges)
        {
            var path = GetPath(challenge);
            FailPoint.Disk("clean up", path);
            if (IsOwn(path, challenge))
            {
                File.Delete(path);
            }
        }

        // Only directories that an order created: others belong to the web server's setup.
        if (challenges.Any(challenge => challenge.Location is not null))
        {
            DeleteIfEmpty(Folder);
        }

        if (challenges.Any(challenge => challenge.Location == WellKnownName))
        {
            DeleteIfEmpty(WellKnown);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    // The name of the outermost directory that publishing has to create, or that another order of this solver created.
    public string? GetPlace()
    {
        lock (_gate)
        {
            return IsRemovable(WellKnown) ? WellKnownName : IsRemovable(Folder) ? FolderName : null;
        }

        bool IsRemovable(string directory) => _created.Contains(directory) || !Directory.Exists(directory);
    }

    private async Task WriteAsync(KeyAuthorization challenge, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var isCreated = false;
            try
            {
                CreateDirectory(WellKnown);
                CreateDirectory(Folder);
                isCreated = true;
                await WriteFileAsync(challenge, ct).ConfigureAwait(false);
                return;
            }
            catch (IOException e) when (attempt < MaxAttempts
                && (!isCreated || e is DirectoryNotFoundException or FileNotFoundException || !Directory.Exists(Folder)))
            {
                // Another order removed the folder meanwhile, perhaps while this one created it. A third may have created it again
                // since, so its existence now is no evidence.
            }
        }
    }

    // Plain bytes, no byte order mark and no line end (RFC 8555 section 8.3); the web server must read it, whatever the umask.
    private async Task WriteFileAsync(KeyAuthorization challenge, CancellationToken ct)
    {
        var path = GetPath(challenge);
        FailPoint.Disk("publish", path);
        if (IsOwn(path, challenge))
        {
            // An interrupted run may have written only a part of it.
            File.Delete(path);
        }

        // Exclusively, so that a link at that name cannot redirect the write.
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file.SafeFileHandle, FileMode0644);
        }

        await file.WriteAsync(Encoding.ASCII.GetBytes(challenge.Value), ct).ConfigureAwait(false);
    }

    // True for a regular file with the key authorization, of this run or of an interrupted one. Without cancellation, like the removal
    // that follows: the file is short.
    private static bool IsOwn(string path, KeyAuthorization challenge)
    {
        try
        {
            var file = new FileInfo(path);
            return file is { Exists: true, LinkTarget: null }
                && file.Length <= challenge.Value.Length
                && challenge.Value.StartsWith(File.ReadAllText(path), StringComparison.Ordinal);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    private void CreateDirectory(string path)
    {
        lock (_gate)
        {
            if (TryCreateDirectory(path))
            {
                _created.Add(path);
                return;
            }
        }

        if (new FileInfo(path).LinkTarget is not null && !NativeFileSystem.IsTrustedOwner(path))
        {
            throw new EngineException(
                ErrorCode.WebRootNotWritable,
                EngineErrorKind.Denied,
                $"The challenge is not written below the web root '{_root}', because '{path}' is a link that belongs to another user.",
                _root) { Remedy = $"Replace it with a directory, or run 'chown -h {NativeFileSystem.GetEffectiveUser()} {path}' as root." };
        }
    }

    private static bool TryCreateDirectory(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            return NativeFileSystem.TryCreateDirectory(path, DirectoryMode0755);
        }

        var isMissing = !Directory.Exists(path);
        Directory.CreateDirectory(path);
        return isMissing;
    }

    private string GetPath(KeyAuthorization challenge) => Path.Combine(Folder, challenge.Token);

    private void DeleteIfEmpty(string folder)
    {
        lock (_gate)
        {
            try
            {
                if (new DirectoryInfo(folder) is { Exists: true, LinkTarget: null } && !Directory.EnumerateFileSystemEntries(folder).Any())
                {
                    Directory.Delete(folder);
                    _created.Remove(folder);
                }
            }
            catch (IOException)
            {
                // Another order wrote a file there meanwhile.
            }
        }
    }
}
