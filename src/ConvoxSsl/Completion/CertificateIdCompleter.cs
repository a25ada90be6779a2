using System.Runtime.CompilerServices;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Completion;

/// <summary>Completes the IDs of a local rack's certificates, including those being issued, and their names.</summary>
public sealed class CertificateIdCompleter : ArgumentCompleterBase
{
    // Limits for one completion: certificates to read for their names, and IDs in total.
    private const int MaxReads = 100;
    private const int MaxIds = 500;
    private const int MaxDomainReads = 200;

    private protected override IEnumerable<Candidate> Find(CompletionRequest request) =>
        request.ReadFromRack((rack, ct) => FindAsync(rack, request.Word, ct));

    private static async IAsyncEnumerable<Candidate> FindAsync(IRack rack, string word, [EnumeratorCancellation] CancellationToken ct)
    {
        var ids = 0;
        await foreach (var id in rack.Certificates.ListIdsAsync(ct))
        {
            if (id.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            {
                yield return new Candidate(id, ids < MaxReads ? await FindNamesAsync(rack, id, ct) : null);
                if (++ids == MaxIds)
                {
                    yield break;
                }
            }
        }

        var orders = new List<CertificateRecord>();
        await foreach (var order in rack.Orders.ListAsync(null, ct))
        {
            orders.Add(order.Certificate);
            yield return new Candidate(order.Certificate.Id, string.Join(", ", order.Certificate.Domains));
            if (orders.Count == MaxReads)
            {
                break;
            }
        }

        // An ID that was begun is not a name.
        if (ids > 0 && word.Length > 0)
        {
            yield break;
        }

        foreach (var candidate in orders.SelectMany(GetNames))
        {
            yield return candidate;
        }

        var reads = 0;
        await foreach (var entry in rack.Certificates.ListAsync(null, ct))
        {
            foreach (var candidate in GetNames(entry.Record))
            {
                yield return candidate;
            }

            if (++reads == MaxDomainReads)
            {
                yield break;
            }
        }
    }

    private static IEnumerable<Candidate> GetNames(CertificateRecord record) =>
        record.Domains.Select(domain => new Candidate(domain, $"a name on {record.Id}"));

    private static async Task<string?> FindNamesAsync(IRack rack, string id, CancellationToken ct)
    {
        try
        {
            return await rack.Certificates.FindAsync(id, ct) is { } entry ? string.Join(", ", entry.Record.Domains) : null;
        }
        catch (EngineException)
        {
            // A corrupt certificate can still be removed by its ID.
            return null;
        }
    }
}
