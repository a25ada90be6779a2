using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>
/// Carries calls to the API: credential, repetition, the waits that Cloudflare asks for, and errors. A repeated writing
/// call may find its own work done; whoever writes must take that for success.
/// </summary>
internal sealed class CloudflareHttp : IDisposable
{
    // A page of a thousand TXT records with the longest contents stays below it.
    private const int LargestAnswer = 4 * 1024 * 1024;

    // What is listed is the records of one name and the zones of one name: a list that goes on and on is none.
    private const int MostPages = 20;

    private readonly CloudflareOptions _options;
    private readonly HttpClient _http;
    private readonly string _baseUrl;

    public CloudflareHttp(CloudflareCredential credential, CloudflareOptions options)
    {
        (Credential, _options, _baseUrl) = (credential, options, options.ResolveBaseUrl());
        _http = new HttpClient(options.Handler ?? NewHandler(), disposeHandler: options.Handler is null) { Timeout = Timeout.InfiniteTimeSpan };
        var version = typeof(CloudflareHttp).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("ConvoxSsl", version ?? "0"));
    }

    public CloudflareCredential Credential { get; }

    /// <summary>Makes a call.</summary>
    /// <exception cref="CloudflareException">It did not succeed.</exception>
    public async Task<CloudflareResponse> SendAsync(CloudflareRequest request, CancellationToken ct)
    {
        if (!Credential.IsUsable)
        {
            throw CloudflareErrors.Unusable(Credential);
        }

        var waited = TimeSpan.Zero;
        for (var attempt = 0; ; attempt++)
        {
            var (answer, fault) = await TryAsync(request, ct).ConfigureAwait(false);
            if (answer is { IsSuccess: true })
            {
                return answer;
            }

            if (PauseBefore(attempt, answer, waited) is not { } pause)
            {
                throw answer is null
                    ? CloudflareErrors.Unreachable(request, _baseUrl, attempt + 1, fault!)
                    : CloudflareErrors.Of(request, answer, Credential);
            }

            await Task.Delay(pause, _options.Time, ct).ConfigureAwait(false);
            waited += pause;
        }
    }

    /// <summary>One page of a list.</summary>
    public async Task<CloudflarePage> GetPageAsync(CloudflareRequest request, int page, int perPage, CancellationToken ct)
    {
        if (page > MostPages)
        {
            throw new CloudflareException(
                ErrorCode.DnsProviderFailed,
                EngineErrorKind.InvalidData,
                $"A list of Cloudflare's API has more than {MostPages} pages.",
                "Check CLOUDFLARE_BASE_URL and the proxies on the way.",
                request.Subject);
        }

        var separator = request.Path.Contains('?') ? '&' : '?';
        var answer = await SendAsync(request with { Path = $"{request.Path}{separator}page={page}&per_page={perPage}" }, ct).ConfigureAwait(false);
        return CloudflarePage.Of(answer, page, perPage);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>How long to wait before the next try; null where there is none.</summary>
    private TimeSpan? PauseBefore(int attempt, CloudflareResponse? answer, TimeSpan waited)
    {
        if (attempt >= _options.Retries || answer is { Status: not 429 and < 500 })
        {
            return null;
        }

        var pause = answer?.RetryAt is { } at
            ? at - _options.Time.GetUtcNow()
            : _options.RetryPause * Math.Pow(2, attempt) * (0.5 + RandomNumberGenerator.GetInt32(1000) / 1000.0);
        return waited + pause > _options.LongestWait ? null : pause < TimeSpan.Zero ? TimeSpan.Zero : pause;
    }

    private async Task<(CloudflareResponse? Answer, Exception? Fault)> TryAsync(CloudflareRequest request, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(_options.ExchangeTimeout, _options.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            using var message = NewMessage(request);
            FailPoint.Network("send", request.Method, message.RequestUri!);
            using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, linked.Token).ConfigureAwait(false);
            FailPoint.Network("receive", request.Method, message.RequestUri!);
            var body = await ReadAsync(request, response, linked.Token).ConfigureAwait(false);
            var retryAfter = response.Headers.TryGetValues("Retry-After", out var values) ? values.First() : null;
            return (CloudflareResponse.Read((int)response.StatusCode, body, retryAfter, _options.Time.GetUtcNow()), null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            ct.ThrowIfCancellationRequested();
            return (null, e is OperationCanceledException ? new TimeoutException($"nothing came within {_options.ExchangeTimeout.TotalSeconds:0} s", e) : e);
        }
    }

    private HttpRequestMessage NewMessage(CloudflareRequest request)
    {
        var message = new HttpRequestMessage(request.Method, _baseUrl + request.Path);
        Credential.Authorize(message);
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (request.Body is not null)
        {
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(request.Body.ToJsonString()));
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        return message;
    }

    private static async Task<byte[]> ReadAsync(CloudflareRequest request, HttpResponseMessage response, CancellationToken ct)
    {
        var stream = await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, ct).ConfigureAwait(false)) > 0)
        {
            if (body.Length + read > LargestAnswer)
            {
                throw new CloudflareException(
                    ErrorCode.DnsProviderFailed,
                    EngineErrorKind.InvalidData,
                    $"An answer of Cloudflare's API is larger than {LargestAnswer} bytes.",
                    "Check CLOUDFLARE_BASE_URL and the proxies on the way.",
                    request.Subject);
            }

            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    // A redirection would carry the request to where the credential was not meant for.
    private static SocketsHttpHandler NewHandler() => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        UseCookies = false,
    };
}
