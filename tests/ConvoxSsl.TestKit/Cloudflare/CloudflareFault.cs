namespace ConvoxSsl.TestKit.Cloudflare;

/// <summary>
/// A fault of the server for matching requests. It occurs once by default.
/// </summary>
public sealed record CloudflareFault : IFault<CloudflareApiRequest>
{
    private CloudflareFault(Func<CloudflareApiRequest, bool> applies) => Applies = applies;

    /// <summary>Creates a fault for matching requests.</summary>
    public static CloudflareFault On(Func<CloudflareApiRequest, bool> applies) => new(applies);

    /// <summary>Creates a fault for requests with this method and path suffix.</summary>
    public static CloudflareFault On(string method, string pathEnd) =>
        On(c => c.Method == method && c.Path.EndsWith(pathEnd, StringComparison.Ordinal));

    private Func<CloudflareApiRequest, bool> Applies { get; }

    /// <inheritdoc/>
    public int Skipped { get; private init; }

    /// <inheritdoc/>
    public int MaxOccurrences { get; private init; } = 1;

    internal Func<CloudflareApiRequest, CancellationToken, Task>? Before { get; private init; }

    internal CloudflareApiResponse? Instead { get; private init; }

    internal bool AbortsBefore { get; private init; }

    internal bool AbortsAfter { get; private init; }

    /// <summary>The number of times that the fault occurs.</summary>
    public CloudflareFault Times(int count) => this with { MaxOccurrences = count };

    /// <summary>Makes the fault permanent.</summary>
    public CloudflareFault Always() => Times(int.MaxValue);

    /// <summary>Skips the first requests.</summary>
    public CloudflareFault After(int count) => this with { Skipped = count };

    /// <summary>Runs an action before the request is processed.</summary>
    public CloudflareFault Do(Func<CloudflareApiRequest, CancellationToken, Task> action) => this with { Before = action };

    /// <summary>Responds with this without processing the request.</summary>
    public CloudflareFault Respond(CloudflareApiResponse response) => this with { Instead = response };

    /// <summary>Breaks the connection before the request is processed.</summary>
    public CloudflareFault Reset() => this with { AbortsBefore = true };

    /// <summary>Processes the request and breaks the connection before the response.</summary>
    public CloudflareFault LoseResponse() => this with { AbortsAfter = true };

    /// <inheritdoc/>
    public bool Matches(CloudflareApiRequest request) => Applies(request);
}
