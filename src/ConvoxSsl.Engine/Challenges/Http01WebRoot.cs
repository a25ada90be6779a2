using System.Text;
using ConvoxSsl.Engine.Acme;

namespace ConvoxSsl.Engine.Challenges;

/// <summary>Solves http-01 through a running web server: the key authorizations are files below its root directory.</summary>
public sealed class Http01WebRoot : IChallengeSolver
{
    private const int MaxAttempts = 100;

    private readonly string _root;

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

    private string WellKnown => Path.Combine(_root, ".well-known");

    private string Folder => Path.Combine(WellKnown, "acme-challenge");

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
        try
        {
            foreach (var challenge in challenges)
            {
                FailPoint.Disk("clean up", GetPath(challenge));
                File.Delete(GetPath(challenge));
            }
        }
        catch (DirectoryNotFoundException)
        {
            return Task.CompletedTask;
        }

        DeleteIfEmpty(Folder);
        DeleteIfEmpty(WellKnown);
        return Task.CompletedTask;
    }

    private async Task WriteAsync(KeyAuthorization challenge, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var isCreated = false;
            try
            {
                Directory.CreateDirectory(Folder);
                isCreated = true;

                // Plain bytes, no byte order mark and no line end (RFC 8555 section 8.3); the web server must read it.
                FailPoint.Disk("publish", GetPath(challenge));
                var content = Encoding.ASCII.GetBytes(challenge.Value);
                await File.WriteAllBytesAsync(GetPath(challenge), content, ct).ConfigureAwait(false);
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

    private string GetPath(KeyAuthorization challenge) => Path.Combine(Folder, challenge.Token);

    private static void DeleteIfEmpty(string folder)
    {
        try
        {
            if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
            {
                Directory.Delete(folder);
            }
        }
        catch (IOException)
        {
            // Another order wrote a file there meanwhile.
        }
    }
}
