using ConvoxSsl.Route53.Access;

namespace ConvoxSsl.Route53;

/// <summary>The settings that all solvers share. By default the SDK finds credentials and endpoints.</summary>
public sealed record Route53Options
{
    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The access key; null for the credentials that the SDK finds.</summary>
    public AwsAccessKey? AccessKey { get; init; }

    /// <summary>The endpoint of Route53; null for the partition's or the SDK's override.</summary>
    public Uri? Route53Endpoint { get; init; }

    /// <summary>The endpoint of STS; null for the region's or the SDK's override.</summary>
    public Uri? StsEndpoint { get; init; }

    /// <summary>The maximum number of retries of a request; null for the default.</summary>
    public int? Retries { get; init; }
}
