using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ConvoxSsl.Engine.Http;

namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>
/// Sends requests to the API, with the credential, retries and errors. A retried write request may find its own change already
/// made; callers must treat that as success.
/// </summary>
internal sealed class CloudflareHttp : IDisposable
{
    // A page of a thousand TXT records with the longest contents is smaller.
    private const int MaxResponseBytes = 4 * 1024 * 1024;

    // The lists are the records of one name or the zones of one name, so more pages indicate a wrong server.
    private const int MaxPages = 20;

    private readonly CloudflareOptions _options;
    private readonly HttpConnection _http;
    private readonly RetryPolicy _policy;
    private readonly string _baseUrl;

    public CloudflareHttp(CloudflareCredential credential, CloudflareOptions options)
    {
        (Credential, _options, _baseUrl) = (credential, options, options.ResolveBaseUrl());
        _http = new HttpConnection(options.Handler, [], options.RequestTimeout, options.Time);
        _policy = new RetryPolicy { MaxRetries = options.Retries, FirstDelay = options.RetryDelay, MaxTotalDelay = options.MaxTotalDelay };
    }

    public CloudflareCredential Credential { get; }

    /// <summary>Sends a request.</summary>
    /// <exception cref="CloudflareException">The request failed.</exception>
    public async Task<CloudflareResponse> SendAsync(CloudflareRequest request, CancellationToken ct)
    {
        if (!Credential.IsUsable)
        {
            throw CloudflareErrors.Unusable(Credential);
        }

        var delay = new RetryDelay(_policy, _options.Time);
        while (true)
        {
            CloudflareResponse? response = null;
            NetworkFaultException? fault = null;
            try
            {
                response = await SendOnceAsync(request, ct).ConfigureAwait(false);
            }
            catch (NetworkFaultException e)
            {
                fault = e;
            }

            if (response is { IsSuccess: true })
            {
                return response;
            }

            var isTransient = response is null || RetryPolicy.IsTransient((HttpStatusCode)response.Status);
            if (!isTransient || delay.Next(response?.RetryAt) is not { } pause)
            {
                throw response is null
                    ? CloudflareErrors.Unreachable(request, _baseUrl, delay.Retries + 1, fault!)
                    : CloudflareErrors.Create(request, response, Credential);
            }

            await Task.Delay(pause, _options.Time, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Gets one page of a list.</summary>
    public async Task<CloudflarePage> GetPageAsync(CloudflareRequest request, int page, int perPage, CancellationToken ct)
    {
        if (page > MaxPages)
        {
            throw new CloudflareException(
                ErrorCode.DnsProviderFailed,
                EngineErrorKind.InvalidData,
                $"A list of Cloudflare's API has more than {MaxPages} pages.",
                "Check CLOUDFLARE_BASE_URL and the proxies on the way.",
                request.Subject);
        }

        var separator = request.Path.Contains('?') ? '&' : '?';
        var path = $"{request.Path}{separator}page={page}&per_page={perPage}";
        var response = await SendAsync(request with { Path = path }, ct).ConfigureAwait(false);
        return CloudflarePage.Parse(response, page, perPage);
    }

    public void Dispose() => _http.Dispose();

    private async Task<CloudflareResponse> SendOnceAsync(CloudflareRequest request, CancellationToken ct)
    {
        using var message = new HttpRequestMessage(request.Method, _baseUrl + request.Path);
        Credential.Authorize(message);
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (request.Body is not null)
        {
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(request.Body.ToJsonString()));
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        FailPoint.Network("send", request.Method, message.RequestUri!);
        return await _http.SendAsync(message, ReadAsync, ct).ConfigureAwait(false);

        async Task<CloudflareResponse> ReadAsync(HttpResponseMessage response, CancellationToken limit)
        {
            FailPoint.Network("receive", request.Method, message.RequestUri!);
            var body = await BoundedContent.TryReadAsync(response.Content, MaxResponseBytes, limit).ConfigureAwait(false)
                ?? throw new CloudflareException(
                ErrorCode.DnsProviderFailed,
                EngineErrorKind.InvalidData,
                $"A response of Cloudflare's API is larger than {MaxResponseBytes} bytes.",
                "Check CLOUDFLARE_BASE_URL and the proxies on the way.",
                request.Subject);
            var retryAt = RetryAfterHeader.Read(response.Headers, _options.Time.GetUtcNow());
            return CloudflareResponse.Read((int)response.StatusCode, body, retryAt);
        }
    }
}
