namespace ConvoxSsl.Route53;

/// <summary>What a provider needs beside a solver's settings. Without a word it is the SDK that finds credentials and endpoints.</summary>
public sealed record Route53Options
{
    /// <summary>The clock of waits and limits.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The access key to use in place of what the SDK finds.</summary>
    public AwsAccessKey? AccessKey { get; init; }

    /// <summary>The endpoint of Route53 in place of the partition's and of the SDK's overrides.</summary>
    public Uri? Route53Endpoint { get; init; }

    /// <summary>The endpoint of STS in place of the region's and of the SDK's overrides.</summary>
    public Uri? StsEndpoint { get; init; }

    /// <summary>How often a request that failed is sent again; null for what a busy account needs.</summary>
    public int? Retries { get; init; }
}
