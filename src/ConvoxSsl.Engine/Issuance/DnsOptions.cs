using ConvoxSsl.Engine.Dns;

namespace ConvoxSsl.Engine.Issuance;

/// <summary>What dns-01 is made of.</summary>
public sealed record DnsOptions
{
    /// <summary>The kinds of provider that there are.</summary>
    public IReadOnlyList<DnsProviderFactory> Providers { get; init; } = [];

    /// <summary>How look-ups are made where a request does not say otherwise.</summary>
    public DnsResolverOptions Resolver { get; init; } = new();
}
