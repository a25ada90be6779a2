using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Acme;

/// <summary>
/// Carries requests to the CA: HTTPS only, nonces, fresh signatures, repetition and the waits that the CA asks for
/// (RFC 8555 sections 6.1 to 6.6). Knows no resource but newNonce.
/// </summary>
internal sealed class AcmeTransport : IDisposable
{
    private static readonly string UserAgentVersion =
        typeof(AcmeTransport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    private readonly NoncePool _nonces = new();
    private readonly HttpClient _http;
    private readonly AcmeClientOptions _options;
    private readonly RequestSlots _slots;
    private long _shortestExchange = long.MaxValue;

    public AcmeTransport(AcmeClientOptions options)
    {
        _options = options;
        _slots = new RequestSlots(options.Concurrency);
        _http = new HttpClient(options.Handler ?? NewHandler(options), disposeHandler: options.Handler is null) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("ConvoxSsl", UserAgentVersion));
        _http.DefaultRequestHeaders.AcceptLanguage.Add(new StringWithQualityHeaderValue("en"));
    }

    /// <summary>Where nonces are fetched when the pool is empty; known once the directory has been read.</summary>
    public Uri? NewNonce { get; set; }

    /// <summary>How far away the CA is: the time that its fastest answer took.</summary>
    public TimeSpan RoundTrip => Interlocked.Read(ref _shortestExchange) is var ticks && ticks == long.MaxValue ? TimeSpan.Zero : TimeSpan.FromTicks(ticks);

    /// <summary>Whether as many exchanges run as may.</summary>
    public bool IsBusy => _slots.IsBusy;

    /// <summary>An unsigned GET: the directory and renewal information.</summary>
    public Task<AcmeResponse> GetAsync(Uri url, CancellationToken ct) =>
        RepeatAsync(url, () => InSlotAsync(ExchangeRank.Begin, async () => Keep(await SendAsync(HttpMethod.Get, url, null, null, null, ct).ConfigureAwait(false)), ct), null, ct);

    /// <summary>A signed POST. Each repetition has a new nonce and so a new signature.</summary>
    /// <param name="url">The resource.</param>
    /// <param name="key">What signs.</param>
    /// <param name="account">The account's URL; null to sign under the key itself.</param>
    /// <param name="payload">The payload; empty for POST-as-GET.</param>
    /// <param name="accept">The media type that is wanted, where it matters.</param>
    /// <param name="rank">Which of several goes first.</param>
    /// <param name="ct">Stops it.</param>
    public Task<AcmeResponse> PostAsync(Uri url, PrivateKey key, Uri? account, byte[] payload, string? accept, ExchangeRank rank, CancellationToken ct) =>
        RepeatAsync(url, () => InSlotAsync(rank, () => PostOnceAsync(url, key, account, payload, accept, ct), ct), null, ct);

    /// <summary>
    /// A signed POST that makes something new each time it arrives: where its answer was lost, what it made is looked for
    /// before it is sent again.
    /// </summary>
    /// <param name="url">The resource.</param>
    /// <param name="key">What signs.</param>
    /// <param name="account">The account's URL.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="findMade">The answer in place of the lost one; null where nothing was made.</param>
    /// <param name="ct">Stops it.</param>
    public Task<AcmeResponse> PostNewAsync(Uri url, PrivateKey key, Uri account, byte[] payload, Func<Task<AcmeResponse?>> findMade, CancellationToken ct) =>
        RepeatAsync(url, () => InSlotAsync(ExchangeRank.Begin, () => PostOnceAsync(url, key, account, payload, null, ct), ct), findMade, ct);

    public void Dispose() => _http.Dispose();

    // Nonces are taken inside: those who still wait for their slot would each fetch one, and the answers bring enough.
    private async Task<AcmeResponse> InSlotAsync(ExchangeRank rank, Func<Task<AcmeResponse>> exchange, CancellationToken ct)
    {
        await _slots.EnterAsync(rank, ct).ConfigureAwait(false);
        try
        {
            return await exchange().ConfigureAwait(false);
        }
        finally
        {
            _slots.Leave();
        }
    }

    private async Task<AcmeResponse> PostOnceAsync(Uri url, PrivateKey key, Uri? account, byte[] payload, string? accept, CancellationToken ct)
    {
        var nonce = _nonces.Take() ?? await FetchNonceAsync(ct).ConfigureAwait(false);
        for (var attempt = 0; ; attempt++)
        {
            var body = Jws.Sign(key, account, nonce, url, payload);
            var answer = await SendAsync(HttpMethod.Post, url, body, payload, accept, ct).ConfigureAwait(false);
            if (attempt == _options.NonceRetries || answer.Status != HttpStatusCode.BadRequest || answer.ReadProblem().ShortType != "badNonce")
            {
                return Keep(answer);
            }

            // RFC 8555 section 6.5: the refusal carries a fresh nonce. It is not for the pool, where another request takes it.
            nonce = answer.Nonce ?? _nonces.Take() ?? await FetchNonceAsync(ct).ConfigureAwait(false);
        }
    }

    private AcmeResponse Keep(AcmeResponse answer)
    {
        if (answer.Nonce is { } nonce)
        {
            _nonces.Put(nonce);
        }

        return answer;
    }

    private async Task<string> FetchNonceAsync(CancellationToken ct)
    {
        var url = NewNonce ?? throw new InvalidOperationException("The directory has not been read.");
        var answer = await SendAsync(HttpMethod.Head, url, null, null, null, ct).ConfigureAwait(false);
        if (!answer.IsSuccess)
        {
            throw new RefusedNonceException(answer);
        }

        return answer.Nonce ?? throw new AcmeException(
            AcmeProblem.Of("malformedAnswer", "newNonce gave no Replay-Nonce header"), url);
    }

    private async Task<AcmeResponse> RepeatAsync(Uri url, Func<Task<AcmeResponse>> send, Func<Task<AcmeResponse?>>? findMade, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            AcmeResponse? answer = null;
            NetworkFaultException? fault = null;
            try
            {
                answer = await send().ConfigureAwait(false);
            }
            catch (RefusedNonceException e)
            {
                answer = e.Answer;
            }
            catch (NetworkFaultException e)
            {
                fault = e;
            }

            if (answer is { IsSuccess: true })
            {
                return answer;
            }

            var pause = PauseBefore(attempt, answer);
            if (pause is null)
            {
                throw answer?.ToException() ?? new AcmeException(
                    AcmeProblem.Of("unreachable", $"no answer after {attempt + 1} tries: {fault!.InnerException!.Message}"), url, null, fault.InnerException);
            }

            _options.ObserveWait?.Invoke(new AcmeWait(answer is null ? "network" : $"HTTP {(int)answer.Status}", pause.Value));
            await Task.Delay(pause.Value, _options.Time, ct).ConfigureAwait(false);
            if (findMade is not null && MayHaveArrived(answer) && await findMade().ConfigureAwait(false) is { } made)
            {
                return made;
            }
        }
    }

    // A gateway speaks for itself and does not know what the CA behind it has done.
    private static bool MayHaveArrived(AcmeResponse? answer) => answer?.Status is null or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout;

    /// <summary>How long to wait before the next try; null where there is none.</summary>
    private TimeSpan? PauseBefore(int attempt, AcmeResponse? answer)
    {
        if (answer is not null && answer.Status != HttpStatusCode.TooManyRequests && (int)answer.Status < 500)
        {
            return null;
        }

        if (attempt >= _options.Retries)
        {
            return null;
        }

        if (answer?.RetryAt is { } at)
        {
            var asked = at - _options.Time.GetUtcNow();
            return asked <= _options.LongestWait ? Max(asked, TimeSpan.Zero) : null;
        }

        // A limit without a time would only be hit again.
        return answer?.Status == HttpStatusCode.TooManyRequests
            ? null
            : _options.RetryPause * Math.Pow(2, attempt) * (0.5 + RandomNumberGenerator.GetInt32(1000) / 1000.0);
    }

    private async Task<AcmeResponse> SendAsync(HttpMethod method, Uri url, byte[]? body, byte[]? payload, string? accept, CancellationToken ct)
    {
        RequireHttps(url);
        using var limit = new CancellationTokenSource(_options.ExchangeTimeout, _options.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            using var request = NewRequest(method, url, body, accept);
            FailPoint.Network("send", method, url);
            var sent = _options.Time.GetTimestamp();
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token).ConfigureAwait(false);
            FailPoint.Network("receive", method, url);
            var answer = await ReadAsync(url, response, linked.Token).ConfigureAwait(false);
            NoteExchange(_options.Time.GetElapsedTime(sent));
            Observe(method, url, payload, (int)answer.Status, answer.Text);
            return answer;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            ct.ThrowIfCancellationRequested();
            Observe(method, url, payload, 0, e.Message);
            if (e is HttpRequestException { InnerException: System.Security.Authentication.AuthenticationException })
            {
                throw new AcmeException(
                    AcmeProblem.Of("untrusted", "its TLS certificate is not trusted; the root of a private CA has to be given"), url, null, e);
            }

            throw new NetworkFaultException(e is OperationCanceledException ? new TimeoutException($"no answer within {_options.ExchangeTimeout.TotalSeconds:0} s", e) : e);
        }
    }

    private void NoteExchange(TimeSpan taken)
    {
        for (var known = Interlocked.Read(ref _shortestExchange); taken.Ticks < known;)
        {
            known = Interlocked.CompareExchange(ref _shortestExchange, taken.Ticks, known) is var seen && seen == known ? taken.Ticks : seen;
        }
    }

    private async Task<AcmeResponse> ReadAsync(Uri url, HttpResponseMessage response, CancellationToken ct)
    {
        var stream = await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, ct).ConfigureAwait(false)) > 0)
        {
            if (body.Length + read > _options.LargestAnswer)
            {
                throw new AcmeException(AcmeProblem.Of("malformedAnswer", $"its answer is larger than {_options.LargestAnswer} bytes"), url);
            }

            body.Write(buffer, 0, read);
        }

        string[] links = response.Headers.TryGetValues("Link", out var values) ? [.. values] : [];
        return new AcmeResponse(
            url,
            response.StatusCode,
            body.ToArray(),
            response.Content.Headers.ContentType?.MediaType,
            response.Headers.Location is { } location && Uri.TryCreate(url, location, out var target) ? target : null,
            RetryAfterHeader.Read(response.Headers.TryGetValues("Retry-After", out var after) ? after.First() : null, _options.Time.GetUtcNow()),
            LinkHeader.Targets(links, url, "alternate"),
            LinkHeader.Targets(links, url, "next") is [var next, ..] ? next : null,
            response.Headers.TryGetValues("Replay-Nonce", out var nonces) ? nonces.First() : null);
    }

    private static HttpRequestMessage NewRequest(HttpMethod method, Uri url, byte[]? body, string? accept)
    {
        var request = new HttpRequestMessage(method, url);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/jose+json");
        }

        if (accept is not null)
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
        }

        return request;
    }

    private void Observe(HttpMethod method, Uri url, byte[]? payload, int status, string answer)
    {
        if (_options.Observe is { } observe)
        {
            var text = payload is null ? null : SignedText.StrikeOutSignatures(Encoding.UTF8.GetString(payload));
            var told = SignedText.StrikeOut(answer);
            observe(new AcmeExchange(method.Method, url, text, status, told.Length > 2000 ? told[..2000] + "…" : told));
        }
    }

    private static void RequireHttps(Uri url)
    {
        if (url.Scheme != Uri.UriSchemeHttps)
        {
            throw new AcmeException(AcmeProblem.Of("malformedAnswer", $"it names '{url}', and ACME is HTTPS only (RFC 8555 section 6.1)"), url);
        }
    }

    private static SocketsHttpHandler NewHandler(AcmeClientOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            UseCookies = false,
        };
        if (options.TrustedRoots.Count > 0)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                errors == SslPolicyErrors.None || TrustedRoots.Vouch(options.TrustedRoots, certificate, chain, errors);
        }

        return handler;
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private sealed class NetworkFaultException(Exception cause) : Exception(cause.Message, cause);

    private sealed class RefusedNonceException(AcmeResponse answer) : Exception
    {
        public AcmeResponse Answer { get; } = answer;
    }
}
