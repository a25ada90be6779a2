namespace ConvoxSsl.Engine.Dns.Providers;

/// <summary>
/// A DNS provider at work under the credentials of one solver. Safe for use by many tasks at once. It finds the zone of
/// each name itself. Others' values at the same names are never touched, also where another process writes to them at
/// the same moment.
/// </summary>
public interface IDnsProvider : IDisposable
{
    /// <summary>
    /// Adds values to what is there, in as few writing calls as the provider's limits allow; a value that is there
    /// already is no error. Where the provider tells when its servers have them, returns then; it does not ask the
    /// servers themselves.
    /// </summary>
    /// <exception cref="EngineException">
    /// <c>DnsCredentialsRefused</c>, <c>DnsPermissionMissing</c>: names the permission; <c>DnsZoneNotFound</c>;
    /// <c>DnsProviderUnreachable</c>; <c>DnsProviderFailed</c>: whatever else the provider says.
    /// </exception>
    Task PresentAsync(IReadOnlyList<TxtRecord> records, CancellationToken ct);

    /// <summary>
    /// Removes exactly these values, in as few writing calls; one that is gone already is no error. Goes on with the
    /// others where one fails, and throws in the end. The token must not be the one that stopped the order.
    /// </summary>
    /// <exception cref="EngineException">As in <see cref="PresentAsync"/>.</exception>
    Task CleanUpAsync(IReadOnlyList<TxtRecord> records, CancellationToken ct);

    /// <summary>The zone that the provider would write a name to, with its name servers.</summary>
    /// <exception cref="EngineException">As in <see cref="PresentAsync"/>.</exception>
    Task<DnsZone> FindZoneAsync(string name, CancellationToken ct);

    /// <summary>
    /// Tries, step by step, what the provider needs to be able to do before it can write to the zone of a name:
    /// credentials, role, zone. Ends with the first step that fails; writes nothing.
    /// </summary>
    IAsyncEnumerable<DnsCheck> CheckAsync(string name, CancellationToken ct);
}

/// <summary>A zone as its provider describes it.</summary>
/// <param name="Name">Its name, without the final dot.</param>
/// <param name="Id">The provider's id of it.</param>
/// <param name="NameServers">The host names of its name servers; empty where the provider does not tell.</param>
public sealed record DnsZone(string Name, string Id, IReadOnlyList<string> NameServers);

/// <summary>One step of a trial.</summary>
/// <param name="Check">What was tried.</param>
/// <param name="Passed">Whether it succeeded.</param>
/// <param name="Detail">What came of it.</param>
/// <param name="Remedy">What to do about a failure: the exact permission, statement or setting; null where there is none.</param>
public sealed record DnsCheck(string Check, bool Passed, string Detail, Remedy? Remedy = null);
