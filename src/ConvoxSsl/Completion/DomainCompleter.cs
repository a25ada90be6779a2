using System.Runtime.CompilerServices;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Completion;

/// <summary>Completes names from the certificates of a local rack and, for new certificates, from the zones of its DNS solvers.</summary>
public sealed class DomainCompleter : ArgumentCompleterBase
{
    private const int MaxReads = 200;

    private protected override IEnumerable<Candidate> Find(CompletionRequest request) =>
        request.ReadFromRack((rack, ct) =>
            FindAsync(rack, includeZones: request.IsForAnyOf("New-ConvoxCertificate", "Test-ConvoxDomain"), ct));

    private static async IAsyncEnumerable<Candidate> FindAsync(IRack rack, bool includeZones, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var solver in includeZones ? await rack.DnsSolvers.ListAsync(ct) : [])
        {
            foreach (var zone in solver.DnsZones)
            {
                yield return new Candidate(zone, $"zone of DNS solver {solver.Id}");
                yield return new Candidate($"*.{zone}", $"wildcard in the zone of DNS solver {solver.Id}");
            }
        }

        var reads = 0;
        await foreach (var entry in rack.Certificates.ListAsync(null, ct))
        {
            foreach (var domain in entry.Record.Domains)
            {
                yield return new Candidate(domain, $"{entry.Record.Id}, expires {entry.Live.Expires:u}");
            }

            if (++reads == MaxReads)
            {
                yield break;
            }
        }
    }
}
