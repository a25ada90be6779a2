using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Dns.Propagation;
using ConvoxSsl.Engine.Dns.Providers;

namespace ConvoxSsl.Engine.Challenges;

/// <summary>dns-01 through one DNS solver (RFC 8555 section 8.4). A response's location is the solver's id and the record's name.</summary>
/// <param name="id">The solver's id.</param>
/// <param name="provider">What writes the records.</param>
/// <param name="propagation">What waits until they are everywhere; null to trust the provider alone.</param>
/// <param name="progress">Told how many name servers agree.</param>
public sealed class Dns01Solver(int id, IDnsProvider provider, DnsPropagation? propagation, IProgress<PropagationProgress>? progress) : IChallengeSolver
{
    /// <summary>The label below a name where its records are.</summary>
    public const string Label = "_acme-challenge.";

    /// <inheritdoc/>
    public string Type => ChallengeTypes.Dns01;

    /// <inheritdoc/>
    public bool OutlivesProcess => true;

    /// <summary>Where the record of that name is published by this solver.</summary>
    public string LocationOf(string recordName) => string.Create(CultureInfo.InvariantCulture, $"{id}/{recordName}");

    /// <summary>The id of the solver that published a response; null where its location is none of a DNS solver.</summary>
    public static int? SolverOf(KeyAuthorization response) =>
        response.Location?.Split('/', 2) is [var number, _] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var solver) ? solver : null;

    /// <inheritdoc/>
    public Task PresentAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct) => provider.PresentAsync(Records(challenges), ct);

    /// <inheritdoc/>
    public async Task WaitUntilVisibleAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct)
    {
        if (propagation is null)
        {
            return;
        }

        var records = Records(challenges);
        await propagation.WaitAsync(records, await FindZonesAsync(provider, records, ct).ConfigureAwait(false), progress, ct).ConfigureAwait(false);
    }

    /// <summary>
    /// The zones of records as far as the provider lets them be read; those that it does not are found in the DNS. Writing
    /// records does not need that permission, and the policies of the field's manuals do not grant it.
    /// </summary>
    internal static async Task<IReadOnlyList<DnsZone>> FindZonesAsync(IDnsProvider provider, IReadOnlyList<TxtRecord> records, CancellationToken ct)
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
    public Task CleanUpAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct) => provider.CleanUpAsync(Records(challenges), ct);

    // A name and its wildcard have two values at one record name.
    private static IReadOnlyList<TxtRecord> Records(IReadOnlyList<KeyAuthorization> challenges) => [.. challenges.Select(Record).Distinct()];

    private static TxtRecord Record(KeyAuthorization challenge) => new(
        challenge.Location!.Split('/', 2)[1],
        Base64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(challenge.Value))));
}
