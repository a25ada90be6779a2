namespace ConvoxSsl.TestKit.Route53;

/// <summary>The options of a server.</summary>
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

    /// <summary>The number of PENDING responses of GetChange before a change is INSYNC.</summary>
    public int PendingPolls { get; init; }

    /// <summary>The maximum number of items on a page.</summary>
    public int LargestPage { get; init; } = int.MaxValue;

    /// <summary>True to report rejected batches in their own document, as the API reference shows.</summary>
    public bool RejectsInOwnDocument { get; init; }

    /// <summary>The namespace of Route53's responses; moto, for example, uses an older one.</summary>
    public string? ResponseNamespace { get; init; }

    /// <summary>Receives each name whose TXT values have changed, with the current values, before the server responds.</summary>
    public Action<string, IReadOnlyList<string>>? TxtChanged { get; init; }
}
