namespace ConvoxSsl.Engine.Dns.Providers;

/// <summary>Looks up zones in the DNS, with the resolvers that the user chose. Providers use it where their API does not suffice.</summary>
public interface IZoneLookup
{
    /// <summary>Finds the zone of a name.</summary>
    /// <exception cref="EngineException"><c>DnsZoneNotFound</c>; <c>DnsServerUnreachable</c>; <c>DnsLookupFailed</c>.</exception>
    Task<string> FindZoneAsync(string name, CancellationToken ct);

    /// <summary>Finds the host names of a zone's name servers; none if the zone is not in the DNS.</summary>
    /// <exception cref="EngineException"><c>DnsServerUnreachable</c>; <c>DnsLookupFailed</c>.</exception>
    Task<IReadOnlyList<string>> FindNameServersAsync(string zone, CancellationToken ct);
}
