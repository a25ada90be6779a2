using ConvoxSsl.Engine.Dns.Solvers;

namespace ConvoxSsl;

/// <summary>A numbered configuration of a DNS provider for some zones.</summary>
public sealed record ConvoxDnsSolver
{
    /// <summary>Its number on the rack.</summary>
    public required int Id { get; init; }

    /// <summary>The DNS provider.</summary>
    public required ConvoxDnsProvider Provider { get; init; }

    /// <summary>The zones that it is used for.</summary>
    public required IReadOnlyList<string> DnsZones { get; init; }

    /// <summary>Route53: the hosted zone; empty where it is found by name.</summary>
    public string? HostedZoneId { get; init; }

    /// <summary>Route53: the AWS region.</summary>
    public string? Region { get; init; }

    /// <summary>Route53: the ARN of the role that is assumed; empty where the credentials themselves are used.</summary>
    public string? Role { get; init; }

    /// <summary>Route53: the profile whose credentials are used.</summary>
    public string? ProfileName { get; init; }

    /// <summary>Cloudflare: the e-mail address that goes with an API key; empty with an API token.</summary>
    public string? Email { get; init; }

    /// <summary>Posh-ACME: the plugin's name.</summary>
    public string? Plugin { get; init; }

    /// <summary>The name of the stored credential, or where in a vault it lies; never the credential.</summary>
    public string? Secret { get; init; }

    /// <summary>Whether it is in use.</summary>
    public required ConvoxDnsSolverStatus Status { get; init; }

    /// <summary>The rack's name.</summary>
    public required string Rack { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Id.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Describes a stored solver.</summary>
    /// <param name="solver">The solver.</param>
    /// <param name="rack">The rack's name.</param>
    /// <param name="detached">The numbers of those that cert-manager does not have.</param>
    internal static ConvoxDnsSolver Of(DnsSolver solver, string rack, IReadOnlySet<int> detached) => new()
    {
        Id = solver.Id,
        Provider = ProviderOf(solver),
        DnsZones = solver.DnsZones,
        HostedZoneId = Column(solver, nameof(HostedZoneId)),
        Region = Column(solver, nameof(Region)),
        Role = Column(solver, nameof(Role)),
        ProfileName = Column(solver, nameof(ProfileName)),
        Email = Column(solver, nameof(Email)),
        Plugin = Column(solver, nameof(Plugin)),
        Secret = solver.VaultSecret?.ToString() ?? solver.SecretName,
        Status = detached.Contains(solver.Id) ? ConvoxDnsSolverStatus.Detached : ConvoxDnsSolverStatus.Ready,
        Rack = rack,
    };

    /// <summary>Gets the provider that a solver's settings are for.</summary>
    internal static ConvoxDnsProvider ProviderOf(DnsSolver solver) =>
        Enum.TryParse<ConvoxDnsProvider>(solver.Settings?.Provider, out var provider) ? provider : ConvoxDnsProvider.Route53;

    private static string? Column(DnsSolver solver, string name) => solver.Settings?.GetColumns().GetValueOrDefault(name);
}

/// <summary>The DNS providers.</summary>
public enum ConvoxDnsProvider
{
    /// <summary>Amazon Route53.</summary>
    Route53,

    /// <summary>Cloudflare.</summary>
    Cloudflare,

    /// <summary>Scripts of your own.</summary>
    Script,

    /// <summary>A plugin of an installed Posh-ACME module.</summary>
    PoshAcme,
}

/// <summary>Whether a DNS solver is in use.</summary>
public enum ConvoxDnsSolverStatus
{
    /// <summary>It is in use.</summary>
    Ready,

    /// <summary>It is configured on the rack, but cert-manager does not have it.</summary>
    Detached,
}
