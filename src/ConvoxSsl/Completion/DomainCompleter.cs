using System.Runtime.CompilerServices;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Completion;

/// <summary>
/// Completes names from the certificates of a local rack and, for new certificates, from the zones of its DNS solvers. The zones come
/// first; the names are sorted.
/// </summary>
public sealed class DomainCompleter : ArgumentCompleterBase
{
    private const int MaxReads = 200;

    private protected override IEnumerable<Candidate> Find(CompletionRequest request) =>
        request.ReadFromRack((rack, ct) =>
            FindAsync(
                rack,
                includeZones: request.IsForAnyOf("New-ConvoxCertificate", "Test-ConvoxDomain"),
                includeWildcards: !request.IsForAnyOf("Test-ConvoxEndpoint"),
                ct));

    private static async IAsyncEnumerable<Candidate> FindAsync(
        IRack rack, bool includeZones, bool includeWildcards, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var solver in includeZones ? await rack.DnsSolvers.ListAsync(ct) : [])
        {
            foreach (var zone in solver.DnsZones.Order(StringComparer.OrdinalIgnoreCase))
            {
                yield return new Candidate(zone, $"zone of DNS solver {solver.Id}");
                yield return new Candidate($"*.{zone}", $"wildcard in the zone of DNS solver {solver.Id}");
            }
        }

        var (reads, names) = (0, new List<Candidate>());
        await foreach (var entry in rack.Certificates.ListAsync(null, ct))
        {
            names.AddRange(entry.Record.Domains
                .Where(domain => includeWildcards || !domain.StartsWith("*.", StringComparison.Ordinal))
                .Select(domain => new Candidate(domain, $"{entry.Record.Id}, expires {entry.Live.Expires:u}")));
            if (++reads == MaxReads)
            {
                break;
            }
        }

        foreach (var name in names.OrderBy(name => name.Value, StringComparer.OrdinalIgnoreCase))
        {
            yield return name;
        }
    }
}
