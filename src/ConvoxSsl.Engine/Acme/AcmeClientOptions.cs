using System.Security.Cryptography.X509Certificates;

namespace ConvoxSsl.Engine.Acme;

/// <summary>The settings of an <see cref="AcmeClient"/>.</summary>
public sealed record AcmeClientOptions
{
    /// <summary>Roots of private CAs that are trusted in addition to the system's.</summary>
    public IReadOnlyList<X509Certificate2> TrustedRoots { get; init; } = [];

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The maximum time of one request, after which it counts as a network fault. Default: 30 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The maximum Retry-After of a 429 or 5xx response that is obeyed. A longer one is an error that names the time of the
    /// next attempt. Default: 60 s.
    /// </summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The maximum number of retries after a network fault, a 429 or a 5xx. Default: 4.</summary>
    public int MaxRetries { get; init; } = 4;

    /// <summary>The delay before the first retry. It doubles with each retry and is jittered. Default: 250 ms.</summary>
    public TimeSpan FirstRetryDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The maximum number of retries with a new nonce after badNonce. Default: 20.</summary>
    public int MaxNonceRetries { get; init; } = 20;

    /// <summary>The maximum number of concurrent requests. Default: 8.</summary>
    public int MaxConcurrentRequests { get; init; } = 8;

    /// <summary>The maximum size of a response's body, in bytes. Default: 1 MiB.</summary>
    public int MaxResponseBytes { get; init; } = 1 << 20;

    /// <summary>Sends the requests; null for a handler of the client's own. Tests replace it.</summary>
    internal HttpMessageHandler? Handler { get; init; }

    /// <summary>Called after each request, with secrets redacted; for debug output.</summary>
    public Action<AcmeTrace>? Observe { get; init; }

    /// <summary>Called before each delay between retries and polls.</summary>
    public Action<AcmeDelay>? ObserveDelay { get; init; }
}

/// <summary>A request to the CA and its response.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Url">The resource.</param>
/// <param name="Payload">The payload before it was signed; null for GET and HEAD, empty for POST-as-GET.</param>
/// <param name="Status">The HTTP status; 0 after a network fault.</param>
/// <param name="Response">The beginning of the response's body, or the network fault.</param>
public sealed record AcmeTrace(string Method, Uri Url, string? Payload, int Status, string Response);

/// <summary>A delay before a retry or a poll.</summary>
/// <param name="Reason">The reason, such as <c>HTTP 503</c> or <c>order processing</c>.</param>
/// <param name="Duration">The duration.</param>
public sealed record AcmeDelay(string Reason, TimeSpan Duration);
