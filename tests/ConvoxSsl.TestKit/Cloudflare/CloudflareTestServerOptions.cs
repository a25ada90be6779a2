namespace ConvoxSsl.TestKit.Cloudflare;

/// <summary>How a server behaves.</summary>
public sealed record CloudflareTestServerOptions
{
    /// <summary>The clock that its limit on requests goes by.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How many requests it takes in a window; then it answers 429 until the window has passed.</summary>
    public int MostRequests { get; init; } = 1200;

    /// <summary>The window that requests are counted in.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many changes a batch may have: 200 in the smallest plan.</summary>
    public int MostPerBatch { get; init; } = 200;

    /// <summary>Whether it has the batch endpoint.</summary>
    public bool HasBatch { get; init; } = true;

    /// <summary>
    /// Called with a name and its TXT values after each change of them and before the change is answered, so that they can
    /// be published.
    /// </summary>
    public Func<string, IReadOnlyList<string>, CancellationToken, Task>? OnChange { get; init; }
}
