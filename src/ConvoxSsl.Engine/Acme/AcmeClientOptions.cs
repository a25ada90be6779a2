using System.Security.Cryptography.X509Certificates;

namespace ConvoxSsl.Engine.Acme;

/// <summary>How a client talks to a CA.</summary>
public sealed record AcmeClientOptions
{
    /// <summary>Roots that are trusted for the CA's endpoint beside the system's; for private CAs.</summary>
    public IReadOnlyList<X509Certificate2> TrustedRoots { get; init; } = [];

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How long one HTTP exchange may take before it counts as a network fault. Default: 30 s.</summary>
    public TimeSpan ExchangeTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The longest Retry-After of a 429 or 503 that is waited for; a longer one is an error with the time of the next
    /// try. Default: 60 s.
    /// </summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a request is sent again after a network fault or a 5xx. Default: 4.</summary>
    public int Retries { get; init; } = 4;

    /// <summary>The pause before the first repetition; it doubles each time and is jittered. Default: 250 ms.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often a request is signed again after badNonce. Default: 20.</summary>
    public int NonceRetries { get; init; } = 20;

    /// <summary>How many exchanges run at the same time. Default: 8.</summary>
    public int Concurrency { get; init; } = 8;

    /// <summary>The largest answer that is read, in bytes. Default: 1 MiB.</summary>
    public int LargestAnswer { get; init; } = 1 << 20;

    /// <summary>In place of the network: what a test answers with.</summary>
    internal HttpMessageHandler? Handler { get; init; }

    /// <summary>Told of each exchange, without secrets; for debugging.</summary>
    public Action<AcmeExchange>? Observe { get; init; }

    /// <summary>Told when the client waits because the CA asked for it.</summary>
    public Action<AcmeWait>? ObserveWait { get; init; }
}

/// <summary>One HTTP exchange with the CA.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Url">The resource.</param>
/// <param name="Payload">The payload before it was signed; null for GET and HEAD, empty for POST-as-GET.</param>
/// <param name="Status">The HTTP status, 0 after a network fault.</param>
/// <param name="Answer">The beginning of the answer's body, or the network fault.</param>
public sealed record AcmeExchange(string Method, Uri Url, string? Payload, int Status, string Answer);

/// <summary>A wait that the CA asked for.</summary>
/// <param name="Reason">What is waited for.</param>
/// <param name="Duration">How long.</param>
public sealed record AcmeWait(string Reason, TimeSpan Duration);
