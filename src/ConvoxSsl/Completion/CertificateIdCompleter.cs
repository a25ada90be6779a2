using System.Runtime.CompilerServices;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Completion;

/// <summary>
/// Completes the IDs of a local rack's certificates, including those being issued, sorted by domain, and then their names.
/// </summary>
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
        var stored = await FindStoredAsync(rack, word, ct);
        var orders = await FindOrdersAsync(rack, ct);
        var ids = stored.Concat(orders.Select(record => (record.Id, record.Domains)))
            .OrderBy(item => item.Domains.Count == 0)
            .ThenBy(item => item.Domains is [var first, ..] ? first : null, StringComparer.OrdinalIgnoreCase)
            .ThenBy(item => item.Id, StringComparer.Ordinal);
        foreach (var (id, domains) in ids)
        {
            yield return new Candidate(id, string.Join(", ", domains));
        }

        // An ID that was begun is not a name.
        if (stored.Count > 0 && word.Length > 0)
        {
            yield break;
        }

        var names = orders.SelectMany(GetNames).Concat(await FindNamesAsync(rack, ct));
        foreach (var name in names.OrderBy(name => name.Value, StringComparer.OrdinalIgnoreCase))
        {
            yield return name;
        }
    }

    /// <summary>Finds the stored certificates whose IDs start with the word, with their names as far as they are read.</summary>
    private static async Task<List<(string Id, IReadOnlyList<string> Domains)>> FindStoredAsync(
        IRack rack, string word, CancellationToken ct)
    {
        var stored = new List<(string Id, IReadOnlyList<string> Domains)>();
        await foreach (var id in rack.Certificates.ListIdsAsync(ct))
        {
            if (id.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            {
                stored.Add((id, stored.Count < MaxReads ? await ReadDomainsAsync(rack, id, ct) : []));
                if (stored.Count == MaxIds)
                {
                    break;
                }
            }
        }

        return stored;
    }

    private static async Task<List<CertificateRecord>> FindOrdersAsync(IRack rack, CancellationToken ct)
    {
        var orders = new List<CertificateRecord>();
        await foreach (var order in rack.Orders.ListAsync(null, ct))
        {
            orders.Add(order.Certificate);
            if (orders.Count == MaxReads)
            {
                break;
            }
        }

        return orders;
    }

    private static async Task<List<Candidate>> FindNamesAsync(IRack rack, CancellationToken ct)
    {
        var (reads, names) = (0, new List<Candidate>());
        await foreach (var entry in rack.Certificates.ListAsync(null, ct))
        {
            names.AddRange(GetNames(entry.Record));
            if (++reads == MaxDomainReads)
            {
                break;
            }
        }

        return names;
    }

    private static IEnumerable<Candidate> GetNames(CertificateRecord record) =>
        record.Domains.Select(domain => new Candidate(domain, $"a name on {record.Id}"));

    private static async Task<IReadOnlyList<string>> ReadDomainsAsync(IRack rack, string id, CancellationToken ct)
    {
        try
        {
            return (await rack.Certificates.FindAsync(id, ct))?.Record.Domains ?? [];
        }
        catch (EngineException)
        {
            // A corrupt certificate can still be removed by its ID.
            return [];
        }
    }
}
