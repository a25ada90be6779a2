using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.Route53.Records;
using ConvoxSsl.Route53.Zones;

namespace ConvoxSsl.Route53;

/// <summary>
/// The Route53 provider, with the credentials or the role of one solver. Values of other writers at the same names survive even
/// if they are written at the same time.
/// </summary>
public sealed class Route53Provider : IDnsProvider
{
    private readonly AwsAccess _access;
    private readonly HostedZoneFinder _zones;
    private readonly RecordSetWriter _writer;
    private readonly ChangeWait _wait;

    /// <param name="settings">The solver's settings.</param>
    /// <param name="nameServers">Looks up the host names of a zone's name servers in the DNS; empty if there are none.</param>
    /// <param name="options">The settings that all solvers share.</param>
    public Route53Provider(
        Route53Settings settings, Func<string, CancellationToken, Task<IReadOnlyList<string>>> nameServers, Route53Options options)
    {
        _access = new AwsAccess(settings, options);
        _zones = new HostedZoneFinder(_access.Api, settings.HostedZoneId, nameServers);
        _writer = new RecordSetWriter(_access.Api, options.Time);
        _wait = new ChangeWait(_access.Api, options.Time);
    }

    /// <summary>Describes the provider.</summary>
    /// <param name="options">The settings that all solvers share.</param>
    public static DnsProviderDescriptor CreateDescriptor(Route53Options options) => DnsProviderDescriptor.Create(
        Route53Settings.ProviderName,
        Route53SettingsJson.Default.Route53Settings,
        (_, settings, _, zones) => new Route53Provider(settings, zones.FindNameServersAsync, options));

    /// <inheritdoc/>
    public async Task PresentAsync(IReadOnlyList<TxtRecord> records, CancellationToken ct)
    {
        var changes = new List<string>();
        foreach (var (zoneId, edits) in await GroupByZoneAsync(records, adds: true, failures: null, ct))
        {
            changes.AddRange(await _writer.WriteAsync(zoneId, edits, ct));
        }

        await _wait.WaitAsync(changes, ct);
    }

    /// <inheritdoc/>
    public async Task CleanUpAsync(IReadOnlyList<TxtRecord> records, CancellationToken ct)
    {
        var failures = new List<EngineException>();
        foreach (var (zoneId, edits) in await GroupByZoneAsync(records, adds: false, failures, ct))
        {
            failures.AddRange(await _writer.TryWriteAllAsync(zoneId, edits, ct));
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
                zone = await _zones.GetAsync(zone.Id, ct);
            }
            catch (EngineException e) when (e.Code == ErrorCode.DnsPermissionMissing)
            {
                // Writing does not need this permission, and the name servers can be found in the DNS.
            }
        }

        return new DnsZone(RecordName.Unescape(zone.Name), zone.Id, zone.NameServers);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<DnsCheck> CheckAsync(string name, CancellationToken ct) =>
        new Route53Checks(_access, _zones).RunAsync(name, ct);

    /// <inheritdoc/>
    public void Dispose()
    {
        _zones.Dispose();
        _access.Dispose();
        _writer.Dispose();
    }

    // Collects the failures to find a zone; fails at the first one if the list is null.
    private async Task<IReadOnlyDictionary<string, List<TxtEdit>>> GroupByZoneAsync(
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
                    // Other names would fail for the same reason.
                    break;
                }
            }
        }

        return zones;
    }
}
