using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Reflection;
using System.Security.Cryptography.X509Certificates;

namespace ConvoxSsl.Engine.Http;

/// <summary>
/// Sends requests to one service, with the module's user agent, its trusted roots and a time limit per request. Follows no
/// redirects: they would send a signed or authorized request to another server.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    // The body of a response that is not read: more than that closes the connection.
    private const int MaxDrainBytes = 4 * 1024;

    private static readonly ProductInfoHeaderValue UserAgent = new(
        "ConvoxSsl",
        typeof(HttpConnection).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
            ?? "0");

    private readonly HttpClient _client;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;

    /// <param name="handler">Sends the requests, and is not disposed; null for a handler of the connection's own.</param>
    /// <param name="trustedRoots">Roots of private CAs that are trusted in addition to the system's.</param>
    /// <param name="timeout">The maximum time of one request, including the response's body.</param>
    /// <param name="time">The clock.</param>
    public HttpConnection(HttpMessageHandler? handler, IReadOnlyList<X509Certificate2> trustedRoots, TimeSpan timeout, TimeProvider time)
    {
        (_timeout, _time) = (timeout, time);
        _client = new HttpClient(handler ?? CreateHandler(trustedRoots), disposeHandler: handler is null)
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client.DefaultRequestHeaders.UserAgent.Add(UserAgent);
    }

    /// <summary>Sends a request and reads its response, both within the time limit.</summary>
    /// <param name="request">The request.</param>
    /// <param name="readAsync">Reads the response; its body has not been received yet.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="NetworkFaultException">No complete response was received.</exception>
    public async Task<T> SendAsync<T>(
        HttpRequestMessage request, Func<HttpResponseMessage, CancellationToken, Task<T>> readAsync, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(_timeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            using var response =
                await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token).ConfigureAwait(false);
            return await readAsync(response, linked.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            ct.ThrowIfCancellationRequested();
            throw new NetworkFaultException(
                e is OperationCanceledException ? new TimeoutException($"no response within {_timeout.TotalSeconds:0} s", e) : e);
        }
    }

    public void Dispose() => _client.Dispose();

    private static SocketsHttpHandler CreateHandler(IReadOnlyList<X509Certificate2> trustedRoots)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseDrainSize = MaxDrainBytes,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            UseCookies = false,
        };
        if (trustedRoots.Count > 0)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                errors == SslPolicyErrors.None || TrustedRoots.Validate(trustedRoots, certificate, chain, errors);
        }

        return handler;
    }
}
