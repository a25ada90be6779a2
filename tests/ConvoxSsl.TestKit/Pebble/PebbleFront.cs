using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ConvoxSsl.TestKit.Pebble;

/// <summary>
/// A proxy in front of Pebble. It forwards new orders one at a time, because concurrent ones can deadlock Pebble: one
/// reads the authorizations that the other creates. It can add Retry-After, as Pebble does from version 2.5 on. Where no
/// authorization is to be reused, it rejects the nonce of a new order that got one: told to reuse 0 %, Pebble reuses 1 %.
/// </summary>
internal sealed class PebbleFront : IAsyncDisposable
{
    private const string NewOrder = "/order-plz";

    private readonly LoopbackServer _server;
    private readonly X509Certificate2 _certificate;
    private readonly HttpMessageInvoker _pebble = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true },
    });

    private readonly SemaphoreSlim _ordering = new(1);
    private readonly ConcurrentDictionary<string, bool> _answered = new();
    private readonly int _port;
    private readonly int? _retryAfter;

    // The authorizations of all orders; null if they may be reused.
    private readonly HashSet<string>? _authorizations;
    private readonly ConcurrentBag<Uri> _rejected = [];

    private PebbleFront(string folder, int port, PebbleOptions options)
    {
        (_port, _retryAfter) = (port, options.RetryAfter);
        _authorizations = options.ReusedAuthorizations == 0 ? [] : null;
        _certificate = EndpointCertificate.Load(folder);
        _server = new LoopbackServer(ForwardAsync) { Certificate = _certificate, Protocols = HttpProtocols.Http1AndHttp2 };
    }

    /// <summary>The URL of the server.</summary>
    public int Port { get; private set; }

    /// <summary>The orders that Pebble created and the client never saw.</summary>
    public IReadOnlyCollection<Uri> RejectedOrders => _rejected;

    /// <param name="folder">The folder of the endpoint's certificate.</param>
    /// <param name="port">The port of Pebble.</param>
    /// <param name="options">The settings of Pebble.</param>
    /// <param name="ct">Cancels the start.</param>
    public static async Task<PebbleFront> StartAsync(string folder, int port, PebbleOptions options, CancellationToken ct)
    {
        var front = new PebbleFront(folder, port, options);
        front.Port = await front._server.StartAsync(ct);
        return front;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _pebble.Dispose();
        _certificate.Dispose();
        _ordering.Dispose();
    }

    private async Task ForwardAsync(HttpContext context)
    {
        var ct = context.RequestAborted;
        var isOrdering = context.Request.Path == NewOrder;
        try
        {
            if (isOrdering)
            {
                await _ordering.WaitAsync(ct);
            }

            try
            {
                using var request = RequestOf(context.Request);
                using var response = await _pebble.SendAsync(request, ct);
                var body = await response.Content.ReadAsByteArrayAsync(ct);
                if (isOrdering && response.StatusCode == HttpStatusCode.Created && ReusesAuthorization(body))
                {
                    await RejectNonceAsync(context.Response, response, ct);
                }
                else
                {
                    await RespondAsync(context, response, body, ct);
                }
            }
            finally
            {
                if (isOrdering)
                {
                    _ordering.Release();
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException)
        {
            context.Abort();
        }
    }

    private HttpRequestMessage RequestOf(HttpRequest from)
    {
        var request = new HttpRequestMessage(
            new HttpMethod(from.Method), new Uri($"https://127.0.0.1:{_port}{from.Path}{from.QueryString}"));
        if (from.ContentLength is > 0 || from.Headers.TransferEncoding.Count > 0)
        {
            request.Content = new StreamContent(from.Body);
        }

        foreach (var (name, values) in from.Headers)
        {
            // Forward the host, because Pebble's URLs contain it.
            if (!request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }

        return request;
    }

    private bool ReusesAuthorization(byte[] order)
    {
        if (_authorizations is null)
        {
            return false;
        }

        using var document = JsonDocument.Parse(order);
        var authorizations = document.RootElement.GetProperty("authorizations").EnumerateArray().Select(a => a.GetString()!).ToList();
        var isReused = _authorizations.Overlaps(authorizations);
        _authorizations.UnionWith(authorizations);
        return isReused;
    }

    // The client signs the same request again, as RFC 8555 section 6.5 requires; the first order stays unused.
    private async Task RejectNonceAsync(HttpResponse response, HttpResponseMessage from, CancellationToken ct)
    {
        _rejected.Add(from.Headers.Location!);
        response.StatusCode = (int)HttpStatusCode.BadRequest;
        response.ContentType = "application/problem+json";
        response.Headers["Replay-Nonce"] = from.Headers.GetValues("Replay-Nonce").ToArray();
        await response.WriteAsync("""{"type":"urn:ietf:params:acme:error:badNonce","detail":"The order reuses an authorization"}""", ct);
    }

    private async Task RespondAsync(HttpContext context, HttpResponseMessage from, byte[] body, CancellationToken ct)
    {
        context.Response.StatusCode = (int)from.StatusCode;
        foreach (var (name, values) in from.Headers.Concat(from.Content.Headers)
            .Where(h => h.Key is not ("Transfer-Encoding" or "Connection")))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        if (_retryAfter is { } seconds && IsUnderWay(context.Request.Path, from, body))
        {
            context.Response.Headers.RetryAfter = $"{seconds}";
        }

        if (!HttpMethods.IsHead(context.Request.Method) && body.Length > 0)
        {
            await context.Response.Body.WriteAsync(body, ct);
        }
    }

    /// <summary>
    /// True for the responses to which Pebble 2.5 and later add Retry-After: an order in processing, or an authorization
    /// with a requested challenge.
    /// </summary>
    private bool IsUnderWay(PathString path, HttpResponseMessage response, byte[] body)
    {
        if (!response.IsSuccessStatusCode || response.Content.Headers.ContentType?.MediaType != "application/json" || body.Length == 0)
        {
            return false;
        }

        if (response.Headers.TryGetValues("Link", out var links))
        {
            foreach (var up in links.Where(l => l.Contains("rel=\"up\"", StringComparison.Ordinal)))
            {
                _answered[new Uri(up.Split('<', '>')[1]).AbsolutePath] = true;
            }
        }

        using var document = JsonDocument.Parse(body);
        return document.RootElement.ValueKind
            == JsonValueKind.Object && document.RootElement.TryGetProperty("status", out var status) && status.GetString() switch
        {
            "processing" => true,
            "pending" => _answered.ContainsKey(path),
            _ => false,
        };
    }
}
