using System.Globalization;
using System.Runtime.CompilerServices;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Mapping;

namespace ConvoxSsl.Completion;

/// <summary>Completes the numbers of a local rack's DNS solvers, with their zones as tool tips.</summary>
public sealed class DnsSolverIdCompleter : ArgumentCompleterBase
{
    private protected override IEnumerable<Candidate> Find(CompletionRequest request) => request.ReadFromRack(FindAsync);

    private static async IAsyncEnumerable<Candidate> FindAsync(IRack rack, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var solver in await rack.DnsSolvers.ListAsync(ct))
        {
            var tip = $"{solver.GetProvider()}: {string.Join(", ", solver.DnsZones)}";
            yield return new Candidate(solver.Id.ToString(CultureInfo.InvariantCulture), tip);
        }
    }
}
