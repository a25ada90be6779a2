using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Dns.Propagation;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Issuance.Context;

namespace ConvoxSsl.Engine.Issuance.Solvers;

/// <summary>Tests a provider in one zone: checks it, writes a TXT record, waits until every name server has it, and removes it.</summary>
internal sealed class DnsSolverTrial(
    IDnsProvider provider, DnsPropagation propagation, IProgress<PropagationProgress>? progress, TimeProvider time)
{
    public async IAsyncEnumerable<DnsCheck> RunAsync(string zone, [EnumeratorCancellation] CancellationToken ct)
    {
        // No certificate is for this name, so that the test does not interfere with a challenge in progress.
        var record = new TxtRecord($"{Dns01Solver.Label}convoxssl-test-{RandomHex(4)}.{zone}", RandomHex(16));
        await foreach (var check in provider.CheckAsync(record.Name, ct).ConfigureAwait(false))
        {
            yield return check;
            if (!check.Passed)
            {
                yield break;
            }
        }

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
            yield return await RemoveAsync(record).ConfigureAwait(false);
        }
        finally
        {
            if (written)
            {
                await RemoveAsync(record).ConfigureAwait(false);
            }
        }
    }

    private async Task SeeAsync(TxtRecord record, CancellationToken ct)
    {
        var zones = await Dns01Solver.FindZonesAsync(provider, [record], ct).ConfigureAwait(false);
        await propagation.WaitAsync([record], zones, progress, ct).ConfigureAwait(false);
    }

    private async Task<DnsCheck> RemoveAsync(TxtRecord record)
    {
        using var limit = new CancellationTokenSource(IssuanceContext.MaxCleanup, time);
        return await StepAsync("Record removed", record.Name, () => provider.CleanUpAsync([record], limit.Token)).ConfigureAwait(false);
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
