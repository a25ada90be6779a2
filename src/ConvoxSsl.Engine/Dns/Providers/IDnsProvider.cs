namespace ConvoxSsl.Engine.Dns.Providers;

/// <summary>
/// A DNS provider with the credentials of one solver. It is safe for concurrent use and finds the zone of each name itself. It
/// never changes values of other writers at the same names, even if another process writes at the same time.
/// </summary>
public interface IDnsProvider : IDisposable
{
    /// <summary>
    /// Adds values to the existing ones, in as few write requests as the provider's limits allow. A value that already exists is
    /// not an error. If the provider reports when its servers have the values, returns then; it does not query the servers.
    /// </summary>
    /// <exception cref="EngineException">
    /// <c>DnsCredentialsRefused</c>, <c>DnsPermissionMissing</c>: the remedy names the permission; <c>DnsZoneNotFound</c>;
    /// <c>DnsProviderUnreachable</c>; <c>DnsProviderFailed</c>: any other error of the provider.
    /// </exception>
    Task PresentAsync(IReadOnlyList<TxtRecord> records, CancellationToken ct);

    /// <summary>
    /// Removes exactly these values, in as few write requests as possible. A value that no longer exists is not an error. If one
    /// fails, continues with the others and throws at the end. The token must not be the one that stopped the order.
    /// </summary>
    /// <exception cref="EngineException">As in <see cref="PresentAsync"/>.</exception>
    Task CleanUpAsync(IReadOnlyList<TxtRecord> records, CancellationToken ct);

    /// <summary>Gets the zone that contains a name, with its name servers.</summary>
    /// <exception cref="EngineException">As in <see cref="PresentAsync"/>.</exception>
    Task<DnsZone> FindZoneAsync(string name, CancellationToken ct);

    /// <summary>
    /// Checks the requirements for writing to the zone of a name, such as credentials, role and zone. Ends with the first check
    /// that fails; writes nothing.
    /// </summary>
    IAsyncEnumerable<DnsCheck> CheckAsync(string name, CancellationToken ct);
}

/// <summary>A zone at a provider.</summary>
/// <param name="Name">The name, without the final dot.</param>
/// <param name="Id">The provider's id.</param>
/// <param name="NameServers">The host names of the name servers; empty if the provider does not list them.</param>
public sealed record DnsZone(string Name, string Id, IReadOnlyList<string> NameServers);

/// <summary>The result of one check.</summary>
/// <param name="Check">The name of the check.</param>
/// <param name="Passed">True if it succeeded.</param>
/// <param name="Detail">The result.</param>
/// <param name="Remedy">The advice about a failure: the exact permission, statement or setting; null if there is none.</param>
public sealed record DnsCheck(string Check, bool Passed, string Detail, Remedy? Remedy = null)
{
    /// <summary>The zone of the DNS solver that is checked; null if the check is for all its zones, or not for a solver.</summary>
    public string? Zone { get; init; }
}
