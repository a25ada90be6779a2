using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Http;

namespace ConvoxSsl.Engine.Acme;

/// <summary>
/// Sends requests to the CA: HTTPS, nonces, fresh signatures, retries, and delays that the CA asks for (RFC 8555 sections
/// 6.1 to 6.6). Knows no resource but newNonce.
/// </summary>
internal sealed class AcmeTransport : IDisposable
{
    private const int MaxObservedCharacters = 2000;

    private readonly NoncePool _nonces = new();
    private readonly HttpConnection _http;
    private readonly RetryPolicy _policy;
    private readonly AcmeClientOptions _options;
    private readonly PrioritySemaphore _slots;
    private long _shortestRequest = long.MaxValue;

    public AcmeTransport(AcmeClientOptions options)
    {
        _options = options;
        _slots = new PrioritySemaphore(options.MaxConcurrentRequests);
        _policy = new RetryPolicy
        {
            MaxRetries = options.MaxRetries,
            FirstDelay = options.FirstRetryDelay,
            MaxRetryAfter = options.MaxRetryAfter,
        };
        _http = new HttpConnection(options.Handler, options.TrustedRoots, options.RequestTimeout, options.Time);
    }

    /// <summary>The newNonce resource; null until the directory has been read.</summary>
    public Uri? NewNonce { get; set; }

    /// <summary>The duration of the fastest request so far; zero before the first.</summary>
    public TimeSpan RoundTrip =>
        Interlocked.Read(ref _shortestRequest) is var ticks && ticks == long.MaxValue ? TimeSpan.Zero : TimeSpan.FromTicks(ticks);

    /// <summary>True if the maximum number of requests is running.</summary>
    public bool IsBusy => _slots.IsFull;

    /// <summary>
    /// Sends a request, and retries it after transient failures. Each attempt at a signed request has a new nonce and therefore a
    /// new signature.
    /// </summary>
    /// <exception cref="AcmeException">The CA refused, or is unreachable or not trusted.</exception>
    public async Task<AcmeResponse> SendAsync(AcmeRequest request, CancellationToken ct)
    {
        var delay = new RetryDelay(_policy, _options.Time);
        while (true)
        {
            AcmeResponse? response = null;
            NetworkFaultException? fault = null;
            await _slots.EnterAsync(request.Priority, ct).ConfigureAwait(false);
            try
            {
                response = request.Key is null
                    ? StoreNonce(await SendMessageAsync(HttpMethod.Get, request, null, ct).ConfigureAwait(false))
                    : await PostOnceAsync(request, request.Key, ct).ConfigureAwait(false);
            }
            catch (NonceRefusedException e)
            {
                response = e.Response;
            }
            catch (NetworkFaultException e)
            {
                fault = e;
            }
            finally
            {
                _slots.Leave();
            }

            if (response is { IsSuccess: true } || (request.ReturnsRedirect && response is { IsRedirect: true }))
            {
                return response;
            }

            if (!IsRetryable(response) || delay.Next(response?.RetryAt) is not { } pause)
            {
                throw response?.ToException() ?? Unreachable(request.Url, delay.Retries + 1, fault!);
            }

            _options.ObserveDelay?.Invoke(new AcmeDelay(response is null ? "network" : HttpStatusText.Describe(response.Status), pause));
            await Task.Delay(pause, _options.Time, ct).ConfigureAwait(false);
            if (request.FindCreatedAsync is { } findCreatedAsync
                && MayHaveArrived(response)
                && await findCreatedAsync().ConfigureAwait(false) is { } created)
            {
                return created;
            }
        }
    }

    public void Dispose() => _http.Dispose();

    // In a slot, so that queued requests do not each fetch a nonce.
    private async Task<AcmeResponse> PostOnceAsync(AcmeRequest request, PrivateKey key, CancellationToken ct)
    {
        var nonce = _nonces.TryTake() ?? await FetchNonceAsync(ct).ConfigureAwait(false);
        for (var attempt = 0; ; attempt++)
        {
            var body = Jws.Sign(key, request.Account, nonce, request.Url, request.Payload);
            var response = await SendMessageAsync(HttpMethod.Post, request, body, ct).ConfigureAwait(false);
            if (attempt == _options.MaxNonceRetries
                || response.Status != HttpStatusCode.BadRequest
                || response.ReadProblem().ShortType != AcmeProblemType.BadNonce)
            {
                return StoreNonce(response);
            }

            // RFC 8555 section 6.5: a badNonce response carries a fresh nonce. It bypasses the pool, where another request
            // would take it.
            nonce = response.Nonce ?? _nonces.TryTake() ?? await FetchNonceAsync(ct).ConfigureAwait(false);
        }
    }

    private AcmeResponse StoreNonce(AcmeResponse response)
    {
        if (response.Nonce is { } nonce)
        {
            _nonces.Add(nonce);
        }

        return response;
    }

    // RFC 8555 section 7.2: the server's response to a HEAD request must include a Replay-Nonce header.
    private async Task<string> FetchNonceAsync(CancellationToken ct)
    {
        var url = NewNonce ?? throw new InvalidOperationException("The directory has not been read.");
        var request = new AcmeRequest(url, RequestPriority.Begin);
        var response = await SendMessageAsync(HttpMethod.Head, request, null, ct).ConfigureAwait(false);
        if (!response.IsSuccess)
        {
            throw new NonceRefusedException(response);
        }

        return response.Nonce ?? throw new AcmeException(
            AcmeProblem.Create(AcmeProblemType.MalformedAnswer, "the newNonce response has no Replay-Nonce header"), url);
    }

    // RFC 8555 section 6.6: a rateLimited response should carry Retry-After. Retrying without it would only hit the limit again.
    private static bool IsRetryable(AcmeResponse? response) => response is null
        || (RetryPolicy.IsTransient(response.Status)
            && (response.Status != HttpStatusCode.TooManyRequests || response.RetryAt is not null));

    // A gateway does not know whether the CA behind it has processed the request.
    private static bool MayHaveArrived(AcmeResponse? response) =>
        response?.Status is null or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout;

    private static AcmeException Unreachable(Uri url, int attempts, NetworkFaultException fault) => new(
        AcmeProblem.Create(AcmeProblemType.Unreachable, $"{fault.Reason} ({attempts} {(attempts == 1 ? "attempt" : "attempts")})"),
        url,
        null,
        fault.Cause);

    private async Task<AcmeResponse> SendMessageAsync(HttpMethod method, AcmeRequest request, byte[]? body, CancellationToken ct)
    {
        var url = request.Url;
        RequireHttps(url);
        using var message = CreateMessage(method, url, body, request.Accept);
        var payload = body is null ? null : request.Payload;
        try
        {
            FailPoint.Network("send", method, url);
            var sent = _options.Time.GetTimestamp();
            var response = await _http.SendAsync(message, ReadAsync, ct).ConfigureAwait(false);
            UpdateRoundTrip(_options.Time.GetElapsedTime(sent));
            Observe(method, url, payload, (int)response.Status, response.Text);
            return response;
        }
        catch (NetworkFaultException e)
        {
            Observe(method, url, payload, 0, e.Message);
            throw e.Untrusted is null ? e : new AcmeException(
                AcmeProblem.Create(
                    AcmeProblemType.Untrusted, e.HasOtherName ? $"is not for {url.Host}" : "is not trusted by this machine"),
                url,
                null,
                e.Cause);
        }

        Task<AcmeResponse> ReadAsync(HttpResponseMessage received, CancellationToken limit)
        {
            FailPoint.Network("receive", method, url);
            return AcmeResponse.ReadAsync(url, received, _options, limit);
        }
    }

    private void UpdateRoundTrip(TimeSpan elapsed)
    {
        for (var shortest = Interlocked.Read(ref _shortestRequest); elapsed.Ticks < shortest;)
        {
            var seen = Interlocked.CompareExchange(ref _shortestRequest, elapsed.Ticks, shortest);
            shortest = seen == shortest ? elapsed.Ticks : seen;
        }
    }

    private static HttpRequestMessage CreateMessage(HttpMethod method, Uri url, byte[]? body, string? accept)
    {
        var message = new HttpRequestMessage(method, url);

        // RFC 8555 section 6.1: clients should send an Accept-Language header, so that errors can be localized.
        message.Headers.AcceptLanguage.Add(new StringWithQualityHeaderValue("en"));
        if (body is not null)
        {
            // RFC 8555 section 6.2: POST requests must have this Content-Type.
            message.Content = new ByteArrayContent(body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/jose+json");
        }

        if (accept is not null)
        {
            message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
        }

        return message;
    }

    private void Observe(HttpMethod method, Uri url, byte[]? payload, int status, string response)
    {
        if (_options.Observe is { } observe)
        {
            var text = payload is null ? null : JwsRedaction.RedactSignatures(Encoding.UTF8.GetString(payload));
            var shown = JwsRedaction.Redact(response);
            observe(new AcmeTrace(
                method.Method, url, text, status, shown.Length > MaxObservedCharacters ? shown[..MaxObservedCharacters] + "…" : shown));
        }
    }

    private static void RequireHttps(Uri url)
    {
        if (url.Scheme != Uri.UriSchemeHttps)
        {
            throw new AcmeException(
                AcmeProblem.Create(AcmeProblemType.MalformedAnswer, $"its URL '{url}' is not an https URL (RFC 8555 section 6.1)"), url);
        }
    }

    private sealed class NonceRefusedException(AcmeResponse response) : Exception
    {
        public AcmeResponse Response { get; } = response;
    }
}
