namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>The connection to Cloudflare's API.</summary>
public sealed record CloudflareOptions
{
    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// The API's base URL; null for the environment's <c>CLOUDFLARE_BASE_URL</c>, else
    /// <c>https://api.cloudflare.com/client/v4</c>. It must be https, except for a loopback address.
    /// </summary>
    public Uri? BaseUrl { get; init; }

    /// <summary>The handler that sends the requests, which is not disposed; null for a handler of the provider.</summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>The maximum number of retries after network failures, 5xx and 429.</summary>
    public int Retries { get; init; } = 4;

    /// <summary>The delay before the first retry; it doubles, with jitter of one half.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The maximum total delay of one request. Cloudflare counts requests over five minutes
    /// (<see href="https://developers.cloudflare.com/fundamentals/api/reference/limits/"/>).
    /// </summary>
    public TimeSpan MaxTotalDelay { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The timeout of one request.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets the base URL, without a final slash.</summary>
    /// <exception cref="EngineException">
    /// <c>DnsProviderFailed</c>: the URL is not valid, or would send the credential unencrypted.
    /// </exception>
    internal string ResolveBaseUrl()
    {
        var text = BaseUrl?.ToString() ?? Environment.GetEnvironmentVariable("CLOUDFLARE_BASE_URL");
        if (string.IsNullOrWhiteSpace(text))
        {
            return "https://api.cloudflare.com/client/v4";
        }

        if (Uri.TryCreate(text.Trim(), UriKind.Absolute, out var url) && url.UserInfo.Length == 0
            && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)))
        {
            return url.GetLeftPart(UriPartial.Path).TrimEnd('/');
        }

        throw new EngineException(
            ErrorCode.DnsProviderFailed,
            EngineErrorKind.InvalidData,
            "The base URL of Cloudflare's API is not an https URL without a user name; http is valid only for a loopback address.")
        {
            Remedy = "Correct or remove CLOUDFLARE_BASE_URL.",
        };
    }
}
