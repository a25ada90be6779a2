using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Dns.Propagation;
using ConvoxSsl.Engine.Dns.Providers;

namespace ConvoxSsl.Engine.Challenges;

/// <summary>
/// Solves dns-01 with one DNS solver (RFC 8555 section 8.4). The location of a key authorization is the solver's id and the
/// record's name.
/// </summary>
/// <param name="id">The solver's id.</param>
/// <param name="provider">The provider that writes the records.</param>
/// <param name="propagation">The propagation check; null to rely on the provider alone.</param>
/// <param name="progress">Receives the number of name servers that agree.</param>
public sealed class Dns01Solver(
    int id, IDnsProvider provider, DnsPropagation? propagation, IProgress<PropagationProgress>? progress) : IChallengeSolver
{
    /// <summary>The label of the record below a name.</summary>
    public const string Label = "_acme-challenge.";

    /// <inheritdoc/>
    public string Type => ChallengeTypes.Dns01;

    /// <inheritdoc/>
    public bool OutlivesProcess => true;

    /// <summary>Called after each publication with its failure, or with null if the name servers have the records.</summary>
    public Func<Exception?, Task>? OnPublished { get; init; }

    /// <summary>Gets the location of a record that this solver publishes.</summary>
    public string GetLocation(string recordName) => string.Create(CultureInfo.InvariantCulture, $"{id}/{recordName}");

    /// <summary>Gets the id of the solver that published a key authorization; null if no DNS solver did.</summary>
    public static int? FindSolverId(KeyAuthorization keyAuthorization) =>
        keyAuthorization.Location?.Split('/', 2) is [var number, _]
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var solverId)
                ? solverId
                : null;

    /// <inheritdoc/>
    public Task PresentAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct) =>
        ReportFailureAsync(() => provider.PresentAsync(ToRecords(challenges), ct));

    /// <inheritdoc/>
    public async Task WaitUntilVisibleAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct)
    {
        if (propagation is not null)
        {
            var records = ToRecords(challenges);
            await ReportFailureAsync(async () =>
            {
                var zones = await FindZonesAsync(provider, records, ct).ConfigureAwait(false);
                await propagation.WaitAsync(records, zones, progress, ct).ConfigureAwait(false);
            }).ConfigureAwait(false);
        }

        await (OnPublished?.Invoke(null) ?? Task.CompletedTask).ConfigureAwait(false);
    }

    private async Task ReportFailureAsync(Func<Task> publish)
    {
        try
        {
            await publish().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException && OnPublished is not null)
        {
            await OnPublished(e).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Gets the zones of records if the provider allows it; otherwise they are found in the DNS. Writing records does not need the
    /// permission to read zones, and commonly documented policies do not grant it.
    /// </summary>
    internal static async Task<IReadOnlyList<DnsZone>> FindZonesAsync(
        IDnsProvider provider, IReadOnlyList<TxtRecord> records, CancellationToken ct)
    {
        var zones = new List<DnsZone>();
        foreach (var name in records.Select(r => r.Name).Distinct())
        {
            try
            {
                zones.Add(await provider.FindZoneAsync(name, ct).ConfigureAwait(false));
            }
            catch (EngineException e) when (e.Code == ErrorCode.DnsPermissionMissing)
            {
                return [];
            }
        }

        return [.. zones.DistinctBy(z => z.Id)];
    }

    /// <inheritdoc/>
    public Task<bool> WaitUntilVisitedAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct) => Task.FromResult(false);

    /// <inheritdoc/>
    public Task CleanUpAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct) =>
        provider.CleanUpAsync(ToRecords(challenges), ct);

    /// <summary>Converts key authorizations to records. A name and its wildcard have two values at one record name.</summary>
    internal static IReadOnlyList<TxtRecord> ToRecords(IReadOnlyList<KeyAuthorization> challenges) =>
    [
        .. challenges
            .Select(c => new TxtRecord(c.Location!.Split('/', 2)[1], Base64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(c.Value)))))
            .Distinct(),
    ];
}
