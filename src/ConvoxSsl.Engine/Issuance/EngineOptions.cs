using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Resolution;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Issuance.RateLimits;

namespace ConvoxSsl.Engine.Issuance;

/// <summary>What an engine is made of beyond its rack.</summary>
public sealed record EngineOptions
{
    /// <summary>The kinds of DNS provider that there are.</summary>
    public IReadOnlyList<DnsProviderFactory> Providers { get; init; } = [];

    /// <summary>Reads credentials that lie in a vault of the user's; null where there is none.</summary>
    public VaultReader? ReadVault { get; init; }

    /// <summary>How look-ups are made where a request does not say otherwise.</summary>
    public DnsResolverOptions Resolver { get; init; } = new();

    /// <summary>The limits of the CA with a directory; null for one whose limits are not known.</summary>
    public Func<Uri, CaLimits?> Limits { get; init; } = WellKnownLimits.Find;

    /// <summary>How many exchanges with one CA run at the same time. Default: 8.</summary>
    public int Concurrency { get; init; } = DefaultConcurrency;

    /// <summary>The default of <see cref="Concurrency"/>.</summary>
    public const int DefaultConcurrency = 8;
}
