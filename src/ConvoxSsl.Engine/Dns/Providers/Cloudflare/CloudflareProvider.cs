using System.Runtime.CompilerServices;

namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>
/// The Cloudflare provider (<see href="https://developers.cloudflare.com/api/resources/dns/"/>). Each value is a record of its
/// own, so the requests cannot affect values of other writers.
/// </summary>
public sealed class CloudflareProvider : IDnsProvider
{
    /// <summary>The number of consecutive outages after which the API is considered down.</summary>
    internal const int MaxOutages = 3;

    private readonly CloudflareHttp _http;
    private readonly CloudflareZones _zones;
    private readonly CloudflareWriter _writer;
    private readonly CloudflareChecks _checks;

    /// <summary>Creates a provider; sends no request.</summary>
    /// <param name="credential">The credential.</param>
    /// <param name="options">The connection to the API.</param>
    /// <exception cref="EngineException"><c>DnsProviderFailed</c>: the base URL is not valid.</exception>
    public CloudflareProvider(CloudflareCredential credential, CloudflareOptions options)
    {
        _http = new CloudflareHttp(credential, options);
        _zones = new CloudflareZones(_http);
        var records = new CloudflareRecords(_http);
        _writer = new CloudflareWriter(records);
        _checks = new CloudflareChecks(_http, _zones, records);
    }

    /// <summary>Describes the provider.</summary>
    /// <param name="options">The connection to the API.</param>
    public static DnsProviderDescriptor CreateDescriptor(CloudflareOptions options) => DnsProviderDescriptor.Create(
        CloudflareSettings.ProviderName,
        CloudflareSettingsJson.Default.CloudflareSettings,
        (solverId, settings, secret, _) =>
            new CloudflareProvider(new CloudflareCredential(settings.Email, secret ?? throw NoSecret(solverId)), options));

    /// <inheritdoc/>
    public async Task PresentAsync(IReadOnlyList<TxtRecord> records, CancellationToken ct)
    {
        try
        {
            // Find all zones before writing, so that a name without a zone does not leave some of the values behind.
            var found = new List<(CloudflareZone Zone, TxtRecord Record)>();
            await _zones.LoadAsync(records.Select(r => r.Name), ct).ConfigureAwait(false);
            foreach (var record in records.Distinct())
            {
                found.Add((await _zones.FindAsync(record.Name, ct).ConfigureAwait(false), record));
            }

            foreach (var zone in found.GroupBy(f => f.Zone.Id))
            {
                await _writer.PresentAsync(zone.First().Zone, [.. zone.Select(f => f.Record)], ct).ConfigureAwait(false);
            }
        }
        catch (CloudflareException e)
        {
            throw e.ToEngine();
        }
    }

    /// <inheritdoc/>
    public async Task CleanUpAsync(IReadOnlyList<TxtRecord> records, CancellationToken ct)
    {
        var failures = new List<CloudflareException>();
        var found = new List<(CloudflareZone Zone, TxtRecord Record)>();
        foreach (var name in records.Distinct().GroupBy(r => r.Name))
        {
            await TryAsync(failures, async () =>
            {
                var zone = await _zones.FindAsync(name.Key, ct).ConfigureAwait(false);
                found.AddRange(name.Select(r => (zone, r)));
            }).ConfigureAwait(false);

            // A credential that lacks the permission for one zone lacks it for all.
            if (failures.Exists(f => f.Kind == EngineErrorKind.Denied) || failures.Count(f => f.IsOutage) == MaxOutages)
            {
                break;
            }
        }

        foreach (var zone in found.GroupBy(f => f.Zone.Id))
        {
            await TryAsync(
                failures,
                () => _writer.CleanUpAsync(zone.First().Zone, [.. zone.Select(f => f.Record)], failures, ct)).ConfigureAwait(false);
        }

        if (failures.Count > 0)
        {
            throw Combine(failures);
        }
    }

    /// <inheritdoc/>
    public async Task<DnsZone> FindZoneAsync(string name, CancellationToken ct)
    {
        try
        {
            return (await _zones.FindAsync(name, ct).ConfigureAwait(false)).ToDnsZone();
        }
        catch (CloudflareException e)
        {
            throw e.ToEngine();
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<DnsCheck> CheckAsync(string name, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var check in _checks.RunAsync(name, ct).ConfigureAwait(false))
        {
            yield return check;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _zones.Dispose();
    }

    private static EngineException NoSecret(int solverId) => new(
        ErrorCode.DnsCredentialsRefused, EngineErrorKind.Denied, $"DNS solver {solverId} has no secret.", solverId)
    {
        Remedy = "Give it a Cloudflare API token with the permissions Zone.Zone Read and Zone.DNS Edit.",
    };

    private static async Task TryAsync(List<CloudflareException> failures, Func<Task> action)
    {
        try
        {
            await action().ConfigureAwait(false);
        }
        catch (CloudflareException e)
        {
            failures.Add(e);
        }
    }

    private static EngineException Combine(List<CloudflareException> failures)
    {
        var first = failures[0].ToEngine();
        var places = string.Join(", ", failures.Select(f => f.Subject).OfType<string>().Distinct().Take(5));
        var reasons = string.Join(" ", failures.Select(f => f.Message).Distinct().Take(3));
        return new EngineException(
            first.Code,
            first.Kind,
            $"Cannot remove all TXT values from Cloudflare{(places.Length > 0 ? $" ({places})" : string.Empty)}. {reasons}",
            first.Value,
            first) { Remedy = string.Join(" ", failures.Select(f => f.Remedy).Distinct().Take(3)) };
    }
}
