using System.Globalization;
using System.Runtime.CompilerServices;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Completion;

/// <summary>Completes the ids of a local rack's DNS solvers, with their zones as the tool tip.</summary>
public sealed class DnsSolverIdCompleter : ArgumentCompleterBase
{
    private protected override IEnumerable<Candidate> Find(CompletionRequest request) => request.ReadFromRack(FindAsync);

    private static async IAsyncEnumerable<Candidate> FindAsync(IRack rack, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var solver in await rack.DnsSolvers.ListAsync(ct))
        {
            yield return new Candidate(solver.Id.ToString(CultureInfo.InvariantCulture), $"{ConvoxDnsSolver.ProviderOf(solver)}: {string.Join(", ", solver.DnsZones)}");
        }
    }
}
