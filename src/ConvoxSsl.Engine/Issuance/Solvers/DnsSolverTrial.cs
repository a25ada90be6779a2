using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Dns.Propagation;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Versions;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Solvers;

/// <summary>
/// Tests a DNS solver in one zone: checks it, writes a TXT record, waits until every name server has it, and removes it. The record is
/// journaled like that of a dry run, so that the next run removes it after a kill.
/// </summary>
/// <param name="solverId">The solver's id.</param>
/// <param name="provider">The solver's provider.</param>
/// <param name="propagation">The wait for the name servers.</param>
/// <param name="progress">Receives the number of name servers that have the record.</param>
/// <param name="context">The context.</param>
internal sealed class DnsSolverTrial(
    int solverId,
    IDnsProvider provider,
    DnsPropagation propagation,
    IProgress<PropagationProgress>? progress,
    IssuanceContext context)
{
    private const string IssuerName = "dns-solver-test";

    public async IAsyncEnumerable<DnsCheck> RunAsync(string zone, [EnumeratorCancellation] CancellationToken ct)
    {
        var order = NewOrder(zone);
        var record = Dns01Solver.ToRecords(order.Published)[0];
        await foreach (var check in provider.CheckAsync(record.Name, ct).ConfigureAwait(false))
        {
            yield return check;
            if (!check.Passed)
            {
                yield break;
            }
        }

        var id = order.Certificate.Id;
        await using var locked = await context.Rack.LockAsync(CertificateLocks.NameOf(id), null, ct).ConfigureAwait(false);
        var earlier = await StepAsync("Earlier record removed", id, () => RemoveEarlierAsync(id, ct)).ConfigureAwait(false);
        if (!earlier.Passed)
        {
            yield return earlier;
            yield break;
        }

        await context.Rack.Orders.CreateAsync(order, null, ct).ConfigureAwait(false);
        var written = false;
        try
        {
            // The record may exist before the response arrives.
            written = true;
            var write = await StepAsync("Record written", record.Name, () => provider.PresentAsync([record], ct)).ConfigureAwait(false);
            yield return write;
            if (write.Passed)
            {
                yield return await StepAsync("Record seen on every name server", zone, () => SeeAsync(record, ct)).ConfigureAwait(false);
            }

            written = false;
            yield return await RemoveAsync(id, record).ConfigureAwait(false);
        }
        finally
        {
            if (written)
            {
                await RemoveAsync(id, record).ConfigureAwait(false);
            }
        }
    }

    // No certificate is for the record's name, so that the test does not interfere with a challenge in progress.
    private OrderRecord NewOrder(string zone)
    {
        var name = $"{Dns01Solver.Label}convoxssl-test-{RandomHex(4)}.{zone}";
        var location = new Dns01Solver(solverId, provider, null, null).GetLocation(name);
        return new OrderRecord
        {
            Certificate = new CertificateRecord
            {
                Id = CertificateLookup.GetJournalId($"{IssuerName} {solverId} {zone}"),
                Domains = [zone],
                Issuer = IssuerName,
            },
            Started = context.Now,
            IsDryRun = true,
            Published = [new KeyAuthorization(ChallengeTypes.Dns01, zone, RandomHex(8), RandomHex(16)) { Location = location }],
        };
    }

    // A killed test of the same solver and zone left it.
    private async Task RemoveEarlierAsync(string id, CancellationToken ct)
    {
        if (await context.Rack.Orders.FindAsync(id, ct).ConfigureAwait(false) is { Published: { Count: > 0 } published })
        {
            await provider.CleanUpAsync(Dns01Solver.ToRecords(published), ct).ConfigureAwait(false);
        }
    }

    private async Task SeeAsync(TxtRecord record, CancellationToken ct)
    {
        var zones = await Dns01Solver.FindZonesAsync(provider, [record], ct).ConfigureAwait(false);
        await propagation.WaitAsync([record], zones, progress, ct).ConfigureAwait(false);
    }

    // If this fails, the next run tries again.
    private async Task<DnsCheck> RemoveAsync(string id, TxtRecord record)
    {
        using var limit = new CancellationTokenSource(IssuanceContext.MaxCleanup, context.Time);
        return await StepAsync("Record removed", record.Name, async () =>
        {
            await provider.CleanUpAsync([record], limit.Token).ConfigureAwait(false);
            await context.Rack.Orders.RemoveAsync(id, limit.Token).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    private static async Task<DnsCheck> StepAsync(string check, string detail, Func<Task> step)
    {
        try
        {
            await step().ConfigureAwait(false);
            return new DnsCheck(check, true, detail);
        }
        catch (EngineException e)
        {
            return new DnsCheck(check, false, e.Message, e.Remedy);
        }
    }

    private static string RandomHex(int bytes) => Convert.ToHexString(RandomNumberGenerator.GetBytes(bytes)).ToLowerInvariant();
}
