using System.Runtime.CompilerServices;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Completion;

/// <summary>Completes the ids of a local rack's certificates, also those that are still being ordered, with their names as the tool tip.</summary>
public sealed class CertificateIdCompleter : ArgumentCompleterBase
{
    // What one press of the key reads; beyond that, ids stand without their names, and nobody looks through more than these.
    private const int MostReads = 100;
    private const int MostIds = 500;

    private protected override IEnumerable<Candidate> Find(CompletionRequest request) =>
        request.ReadFromRack((rack, ct) => FindAsync(rack, request.Word, ct));

    private static async IAsyncEnumerable<Candidate> FindAsync(IRack rack, string word, [EnumeratorCancellation] CancellationToken ct)
    {
        var ids = 0;
        await foreach (var id in rack.Certificates.ListIdsAsync(ct))
        {
            if (id.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            {
                yield return new Candidate(id, ids < MostReads ? await NamesAsync(rack, id, ct) : null);
                if (++ids == MostIds)
                {
                    yield break;
                }
            }
        }

        var reads = 0;
        await foreach (var order in rack.Orders.ListAsync(null, ct))
        {
            yield return new Candidate(order.Certificate.Id, string.Join(", ", order.Certificate.Domains));
            if (++reads == MostReads)
            {
                yield break;
            }
        }
    }

    private static async Task<string?> NamesAsync(IRack rack, string id, CancellationToken ct)
    {
        try
        {
            return await rack.Certificates.FindAsync(id, ct) is { } entry ? string.Join(", ", entry.Record.Domains) : null;
        }
        catch (EngineException)
        {
            // A damaged one can still be removed by its id.
            return null;
        }
    }
}
