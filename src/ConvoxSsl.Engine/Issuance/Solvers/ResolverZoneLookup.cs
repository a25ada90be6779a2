using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Resolution;

namespace ConvoxSsl.Engine.Issuance.Solvers;

/// <summary>Looks up zones with a resolver.</summary>
internal sealed class ResolverZoneLookup(DnsResolver resolver) : IZoneLookup
{
    /// <inheritdoc/>
    public Task<string> FindZoneAsync(string name, CancellationToken ct) => resolver.FindZoneAsync(name, ct);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> FindNameServersAsync(string zone, CancellationToken ct)
    {
        try
        {
            return await resolver.GetNameServersAsync(zone, ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Code == ErrorCode.DnsZoneNotFound)
        {
            return [];
        }
    }
}
