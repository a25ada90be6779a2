using System.Runtime.CompilerServices;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Completion;

/// <summary>Completes zones, hosted zones, roles and email addresses from the DNS solvers of a local rack.</summary>
public sealed class DnsSolverSettingCompleter : ArgumentCompleterBase
{
    private protected override IEnumerable<Candidate> Find(CompletionRequest request) =>
        request.ReadFromRack((rack, ct) => FindAsync(rack, request.Parameter, ct));

    private static async IAsyncEnumerable<Candidate> FindAsync(IRack rack, string parameter, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var solver in await rack.DnsSolvers.ListAsync(ct))
        {
            foreach (var value in GetValues(solver, parameter).OfType<string>())
            {
                yield return new Candidate(value, $"DNS solver {solver.Id}: {string.Join(", ", solver.DnsZones)}");
            }
        }
    }

    private static IEnumerable<string?> GetValues(DnsSolver solver, string parameter) => parameter switch
    {
        "DnsZone" => [.. solver.DnsZones],
        "DnsAccessRole" => [solver.Settings?.GetColumns().GetValueOrDefault("Role")],
        _ => [solver.Settings?.GetColumns().GetValueOrDefault(parameter)],
    };
}
