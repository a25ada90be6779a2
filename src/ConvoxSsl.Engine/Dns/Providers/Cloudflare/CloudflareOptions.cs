namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>How Cloudflare's API is reached.</summary>
public sealed record CloudflareOptions
{
    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// The API's base URL; null for the environment's <c>CLOUDFLARE_BASE_URL</c>, else
    /// <c>https://api.cloudflare.com/client/v4</c>. HTTPS, but for a loopback address.
    /// </summary>
    public Uri? BaseUrl { get; init; }

    /// <summary>What carries the requests; null for a handler of the provider's own. It is not disposed.</summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>How often a request is repeated after network faults, 5xx and 429.</summary>
    public int Retries { get; init; } = 4;

    /// <summary>The pause before the first repetition; it doubles, and varies by half.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long one request is held back in all. Cloudflare counts over five minutes
    /// (<see href="https://developers.cloudflare.com/fundamentals/api/reference/limits/"/>).
    /// </summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long one exchange may take.</summary>
    public TimeSpan ExchangeTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The base URL that holds, without a final slash.</summary>
    /// <exception cref="EngineException"><c>DnsProviderFailed</c>: it is none, or would send the credential unprotected.</exception>
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
            "The base URL of Cloudflare's API must be an https URL without a user name; http is only for a loopback address. Correct or remove CLOUDFLARE_BASE_URL.");
    }
}
