namespace ConvoxSsl.TestKit.Route53;

/// <summary>How a server behaves.</summary>
public sealed record Route53TestServerOptions
{
    /// <summary>Its clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The partition that its resources are in.</summary>
    public string Partition { get; init; } = "aws";

    /// <summary>The region that requests to Route53 must be signed for.</summary>
    public string Route53Region { get; init; } = "us-east-1";

    /// <summary>The region that requests to STS must be signed for.</summary>
    public string StsRegion { get; init; } = "us-east-1";

    /// <summary>How often GetChange answers PENDING before a change is INSYNC.</summary>
    public int PendingPolls { get; init; }

    /// <summary>The most items of a page.</summary>
    public int LargestPage { get; init; } = int.MaxValue;

    /// <summary>Whether refused batches are told in the document of their own that the API's text shows.</summary>
    public bool RefusesInOwnDocument { get; init; }

    /// <summary>Told of each name whose TXT values have changed, with what they are now; the server waits meanwhile.</summary>
    public Action<string, IReadOnlyList<string>>? TxtChanged { get; init; }
}
