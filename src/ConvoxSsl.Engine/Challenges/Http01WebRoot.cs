using System.Text;
using ConvoxSsl.Engine.Acme;

namespace ConvoxSsl.Engine.Challenges;

/// <summary>http-01 through a web server that runs already: the responses are files below its root directory.</summary>
public sealed class Http01WebRoot : IChallengeSolver
{
    private const int MostAttempts = 100;

    private readonly string _root;

    /// <param name="root">The web server's root directory.</param>
    /// <exception cref="InvalidInputException"><c>InvalidWebRoot</c>: there is no such directory.</exception>
    public Http01WebRoot(string root)
    {
        if (!Directory.Exists(root))
        {
            throw new InvalidInputException(ErrorCode.InvalidWebRoot, $"The web root '{root}' is not a directory. Give the directory that the web server serves at '/'.", root);
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
            throw new EngineException(ErrorCode.WebRootNotWritable, EngineErrorKind.Denied, $"The challenge can't be written below the web root '{_root}': {e.Message}. Give this user the right to write there.", _root, e);
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
                FailPoint.Disk("clean up", FileOf(challenge));
                File.Delete(FileOf(challenge));
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
            var isMade = false;
            try
            {
                Directory.CreateDirectory(Folder);
                isMade = true;

                // Plain bytes, no byte order mark and no line end (RFC 8555 section 8.3); the web server must read it.
                FailPoint.Disk("publish", FileOf(challenge));
                await File.WriteAllBytesAsync(FileOf(challenge), Encoding.ASCII.GetBytes(challenge.Value), ct).ConfigureAwait(false);
                return;
            }
            catch (IOException e) when (attempt < MostAttempts && (!isMade || e is DirectoryNotFoundException or FileNotFoundException || !Directory.Exists(Folder)))
            {
                // Another order was done and removed the folder in between, perhaps while this one was making it; a third may
                // have made it again since, so that whether it is there now tells nothing.
            }
        }
    }

    private string FileOf(KeyAuthorization challenge) => Path.Combine(Folder, challenge.Token);

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
            // Another order put its response there in between.
        }
    }
}
