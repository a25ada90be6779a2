using System.Text;
using ConvoxSsl.Engine.Acme;

namespace ConvoxSsl.Engine.Challenges;

/// <summary>
/// Solves http-01 with a web server of its own (RFC 8555 section 8.3). It responds only to <c>GET</c> requests for a published
/// token, and runs only while there is one.
/// </summary>
public sealed class Http01Listener : IChallengeSolver, IAsyncDisposable
{
    private const string Prefix = "/.well-known/acme-challenge/";
    private const int MaxRequestSize = 8 * 1024;

    private readonly ListenerSolver _solver;

    /// <param name="endpoint">The endpoint to listen on; CAs connect to port 80.</param>
    public Http01Listener(ListenerEndpoint endpoint) => _solver = new ListenerSolver(endpoint, c => c.Token, ServeAsync);

    /// <inheritdoc/>
    public string Type => ChallengeTypes.Http01;

    /// <inheritdoc/>
    public bool OutlivesProcess => false;

    /// <inheritdoc/>
    public string? WaitsFor => _solver.WaitsFor;

    /// <inheritdoc/>
    public Task PresentAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct) => _solver.PresentAsync(challenges, ct);

    /// <inheritdoc/>
    public Task WaitUntilVisibleAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<bool> WaitUntilVisitedAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct) =>
        _solver.WaitUntilVisitedAsync(challenges, ct);

    /// <inheritdoc/>
    public Task CleanUpAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct) => _solver.CleanUpAsync(challenges, ct);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _solver.DisposeAsync();

    private static async Task ServeAsync(LiveChallenges live, Stream stream, CancellationToken ct)
    {
        var token = ParseToken(await ReadHeadAsync(stream, ct).ConfigureAwait(false));
        var challenge = token is null ? null : live.Find(token);
        var (status, body) = challenge is null ? ("404 Not Found", string.Empty) : ("200 OK", challenge.Value);
        var response = $"HTTP/1.1 {status}\r\nContent-Type: application/octet-stream\r\n"
            + $"Content-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(response), ct).ConfigureAwait(false);
        await stream.FlushAsync(ct).ConfigureAwait(false);
        if (challenge is not null)
        {
            live.ReportVisit(token!);
        }
    }

    /// <summary>Reads the request line and headers; returns an empty string if they are too long or incomplete.</summary>
    private static async Task<string> ReadHeadAsync(Stream stream, CancellationToken ct)
    {
        var buffer = new byte[MaxRequestSize];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), ct).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            length += read;
            if (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) >= 0)
            {
                return Encoding.ASCII.GetString(buffer, 0, length);
            }
        }

        return string.Empty;
    }

    private static string? ParseToken(string head)
    {
        var line = head.Split("\r\n", 2)[0].Split(' ');
        return line is ["GET", var path, "HTTP/1.0" or "HTTP/1.1"] && path.StartsWith(Prefix, StringComparison.Ordinal)
            ? path[Prefix.Length..]
            : null;
    }
}
