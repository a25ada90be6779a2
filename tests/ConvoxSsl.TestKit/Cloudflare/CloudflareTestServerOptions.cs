namespace ConvoxSsl.TestKit.Cloudflare;

/// <summary>The options of a server.</summary>
public sealed record CloudflareTestServerOptions
{
    /// <summary>The clock of the rate limit.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The maximum number of requests in a window; further ones get 429 until the window has passed.</summary>
    public int MostRequests { get; init; } = 1200;

    /// <summary>The length of the rate limit's window.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The maximum number of changes in a batch: 200 in the smallest plan.</summary>
    public int MostPerBatch { get; init; } = 200;

    /// <summary>True if it has the batch endpoint.</summary>
    public bool HasBatch { get; init; } = true;

    /// <summary>
    /// Called with a name and its TXT values after each change and before the response, so that they can
    /// be published.
    /// </summary>
    public Func<string, IReadOnlyList<string>, CancellationToken, Task>? OnChange { get; init; }
}
