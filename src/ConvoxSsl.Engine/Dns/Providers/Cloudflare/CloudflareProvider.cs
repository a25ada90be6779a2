using System.Runtime.CompilerServices;

namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>
/// Cloudflare as a DNS provider (<see href="https://developers.cloudflare.com/api/resources/dns/"/>). A value is a record
/// of its own there, so that those of others are not touched by the nature of the calls.
/// </summary>
public sealed class CloudflareProvider : IDnsProvider
{
    /// <summary>How many outages are waited out in one go; an API that fails that often is down for the rest as well.</summary>
    internal const int MostOutages = 3;

    private readonly CloudflareHttp _http;
    private readonly CloudflareZones _zones;
    private readonly CloudflareWriter _writer;
    private readonly CloudflareChecks _checks;

    /// <summary>Makes a provider; asks nobody yet.</summary>
    /// <param name="credential">The credential.</param>
    /// <param name="options">How the API is reached.</param>
    /// <exception cref="EngineException"><c>DnsProviderFailed</c>: the base URL is not one.</exception>
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
        (solverId, settings, secret) => new CloudflareProvider(CreateCredential(solverId, settings, secret), options));

    /// <inheritdoc/>
    public async Task PresentAsync(IReadOnlyList<TxtRecord> records, CancellationToken ct)
    {
        try
        {
            // All zones are found before anything is written: a name without one must not leave half the values behind.
            var found = new List<(CloudflareZone Zone, TxtRecord Record)>();
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

            // Who may not see one zone sees none.
            if (failures.Exists(f => f.Kind == EngineErrorKind.Denied) || failures.Count(f => f.IsOutage) == MostOutages)
            {
                break;
            }
        }

        foreach (var zone in found.GroupBy(f => f.Zone.Id))
        {
            await TryAsync(failures, () => _writer.CleanUpAsync(zone.First().Zone, [.. zone.Select(f => f.Record)], failures, ct)).ConfigureAwait(false);
        }

        if (failures.Count > 0)
        {
            throw AllOf(failures);
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

    private static CloudflareCredential CreateCredential(int solverId, CloudflareSettings settings, DnsSecret? secret)
    {
        if (secret is null)
        {
            throw new EngineException(
                ErrorCode.DnsCredentialsRefused, EngineErrorKind.Denied, $"DNS solver {solverId} has no secret.", solverId)
            {
                Remedy = "Give it a Cloudflare API token with the permissions Zone.Zone Read and Zone.DNS Edit.",
            };
        }

        return settings.Email is { } email ? CloudflareCredential.GlobalKey(email, secret) : CloudflareCredential.Token(secret);
    }

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

    private static EngineException AllOf(List<CloudflareException> failures)
    {
        var first = failures[0].ToEngine();
        var places = string.Join(", ", failures.Select(f => f.Subject).OfType<string>().Distinct().Take(5));
        var reasons = string.Join(" ", failures.Select(f => $"{f.Message} {f.Remedy}").Distinct().Take(3));
        return new EngineException(first.Code, first.Kind, $"Not all TXT values could be removed from Cloudflare{(places.Length > 0 ? $" ({places})" : string.Empty)}. {reasons}", first.Value, first);
    }
}
