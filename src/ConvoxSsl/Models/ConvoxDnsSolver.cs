using System.Globalization;

namespace ConvoxSsl;

/// <summary>A DNS solver: the configuration of a DNS provider for one or more zones.</summary>
public sealed record ConvoxDnsSolver
{
    /// <summary>The number of the solver on the rack.</summary>
    public required int Id { get; init; }

    /// <summary>The DNS provider.</summary>
    public required ConvoxDnsProvider Provider { get; init; }

    /// <summary>The zones that the solver is used for.</summary>
    public required IReadOnlyList<string> DnsZones { get; init => field = JoinedList<string>.From(value); }

    /// <summary>Route53: the ID of the hosted zone; empty if it is found by name.</summary>
    public string? HostedZoneId { get; init; }

    /// <summary>Route53: the AWS region.</summary>
    public string? Region { get; init; }

    /// <summary>Route53: the ARN of the role to assume; empty if the credentials are used directly.</summary>
    public string? Role { get; init; }

    /// <summary>Route53: the AWS profile of the credentials.</summary>
    public string? ProfileName { get; init; }

    /// <summary>Cloudflare: the email address for an API key; empty with an API token.</summary>
    public string? Email { get; init; }

    /// <summary>Posh-ACME: the name of the plugin.</summary>
    public string? Plugin { get; init; }

    /// <summary>The name of the stored credential, or its vault and name; never the credential itself.</summary>
    public string? Secret { get; init; }

    /// <summary>The status of the solver.</summary>
    public required ConvoxDnsSolverStatus Status { get; init; }

    /// <summary>The reason for the status; empty if the solver is ready.</summary>
    public string? StatusReason { get; init; }

    /// <summary>The name of the rack.</summary>
    public required string Rack { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Id.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The DNS providers.</summary>
public enum ConvoxDnsProvider : long
{
    /// <summary>Amazon Route53.</summary>
    Route53,

    /// <summary>Cloudflare.</summary>
    Cloudflare,

    /// <summary>Your own scripts.</summary>
    Script,

    /// <summary>A plugin of the installed Posh-ACME module.</summary>
    PoshAcme,
}

/// <summary>The status of a DNS solver.</summary>
public enum ConvoxDnsSolverStatus : long
{
    /// <summary>The last use or test of the solver succeeded.</summary>
    Ready,

    /// <summary>The solver is configured on the rack but missing from cert-manager.</summary>
    Detached,

    /// <summary>The solver was not used or tested since it was added or changed.</summary>
    Untested,

    /// <summary>The last use or test of the solver failed.</summary>
    Failed,
}
