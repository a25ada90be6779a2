using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.Route53.Access;
using ConvoxSsl.Route53.Records;
using ConvoxSsl.Route53.Zones;

namespace ConvoxSsl.Route53;

/// <summary>
/// Route53 under the credentials, or the role, of one solver. Values of others at the same names survive also where
/// they are written at the same moment.
/// </summary>
public sealed class Route53Provider : IDnsProvider
{
    private readonly AwsAccess _access;
    private readonly HostedZoneFinder _zones;
    private readonly RecordSetWriter _writer;
    private readonly ChangeWait _wait;

    // Tasks of one provider take turns, so that they do not spoil each other's swaps.
    private readonly SemaphoreSlim _turn = new(1);

    /// <param name="settings">The solver's settings.</param>
    /// <param name="nameServers">Looks the host names of the name servers of a name up in DNS; empty where there are none.</param>
    /// <param name="options">What is not the solver's.</param>
    public Route53Provider(
        Route53Settings settings, Func<string, CancellationToken, Task<IReadOnlyList<string>>> nameServers, Route53Options options)
    {
        _access = new AwsAccess(settings, options);
        _zones = new HostedZoneFinder(_access.Api, settings.HostedZoneId, nameServers);
        _writer = new RecordSetWriter(_access.Api, options.Time);
        _wait = new ChangeWait(_access.Api, options.Time);
    }

    /// <summary>Describes the provider.</summary>
    /// <param name="nameServers">Looks the host names of the name servers of a name up in DNS; empty where there are none.</param>
    /// <param name="options">What is not a solver's.</param>
    public static DnsProviderDescriptor CreateDescriptor(
        Func<string, CancellationToken, Task<IReadOnlyList<string>>> nameServers, Route53Options options) => DnsProviderDescriptor.Create(
            Route53Settings.ProviderName,
            Route53SettingsJson.Default.Route53Settings,
            (_, settings, _) => new Route53Provider(settings, nameServers, options));

    /// <inheritdoc/>
    public async Task PresentAsync(IReadOnlyList<TxtRecord> records, CancellationToken ct)
    {
        var changes = new List<string>();
        foreach (var (zoneId, edits) in await SortAsync(records, adds: true, failures: null, ct))
        {
            changes.AddRange(await InTurnAsync(() => _writer.WriteAsync(zoneId, edits, ct), ct));
        }

        await _wait.WaitAsync(changes, ct);
    }

    /// <inheritdoc/>
    public async Task CleanUpAsync(IReadOnlyList<TxtRecord> records, CancellationToken ct)
    {
        var failures = new List<EngineException>();
        foreach (var (zoneId, edits) in await SortAsync(records, adds: false, failures, ct))
        {
            failures.AddRange(await InTurnAsync(() => _writer.WriteWhatCanBeAsync(zoneId, edits, ct), ct));
        }

        if (failures.Count > 0)
        {
            throw failures[0];
        }
    }

    /// <inheritdoc/>
    public async Task<DnsZone> FindZoneAsync(string name, CancellationToken ct)
    {
        var zone = await _zones.FindAsync(name, ct);
        if (zone.NameServers.Count == 0)
        {
            try
            {
                zone = await _access.Api.GetHostedZoneAsync(zone.Id, ct);
            }
            catch (EngineException e) when (e.Code == ErrorCode.DnsPermissionMissing)
            {
                // Writing works without this permission, and DNS knows the name servers too.
            }
        }

        return new DnsZone(RecordName.Unescape(zone.Name), zone.Id, zone.NameServers);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<DnsCheck> CheckAsync(string name, CancellationToken ct) => new Route53Checks(_access, _zones).RunAsync(name, ct);

    /// <summary>
    /// The ARN of the role behind the identity that calls Route53; null where that is no role. The role's path, if it has
    /// one, is not in it.
    /// </summary>
    /// <exception cref="EngineException">As in <see cref="FindZoneAsync"/>, and <c>DnsRoleNotAssumable</c>.</exception>
    public async Task<string?> CallerRoleAsync(CancellationToken ct) => AwsCaller.RoleOf(await _access.CallerAsync(ct));

    /// <inheritdoc/>
    public void Dispose()
    {
        _zones.Dispose();
        _access.Dispose();
        _turn.Dispose();
    }

    /// <param name="records">Names with values.</param>
    /// <param name="adds">Whether the values are added.</param>
    /// <param name="failures">Takes the failures to find a zone; null to fail at once.</param>
    /// <param name="ct">Ends the search.</param>
    private async Task<IReadOnlyDictionary<string, List<TxtEdit>>> SortAsync(
        IReadOnlyList<TxtRecord> records, bool adds, List<EngineException>? failures, CancellationToken ct)
    {
        var zones = new Dictionary<string, List<TxtEdit>>(StringComparer.Ordinal);
        foreach (var group in records.GroupBy(record => record.Name, record => record.Value, StringComparer.Ordinal))
        {
            try
            {
                var zoneId = await _zones.FindIdAsync(group.Key, ct);
                zones.TryAdd(zoneId, []);
                zones[zoneId].Add(new TxtEdit(group.Key, [.. group], adds));
            }
            catch (EngineException e) when (failures is not null)
            {
                failures.Add(e);
                if (e.Code != ErrorCode.DnsZoneNotFound)
                {
                    // The next name would only wait for the same failure.
                    break;
                }
            }
        }

        return zones;
    }

    private async Task<T> InTurnAsync<T>(Func<Task<T>> action, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            return await action();
        }
        finally
        {
            _turn.Release();
        }
    }
}
