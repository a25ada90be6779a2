using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Selection;

/// <summary>Finds the DNS solvers of a rack that the user selected.</summary>
internal static class DnsSolverSelector
{
    /// <summary>Finds the numbers of the solvers that a text selects: a number, or a wildcard pattern of numbers.</summary>
    /// <param name="store">The solvers of the rack.</param>
    /// <param name="text">The user's text.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <returns>The numbers; a given number need not exist.</returns>
    /// <exception cref="EngineException"><c>DnsSolverNotFound</c>.</exception>
    /// <exception cref="InvalidInputException"><c>InvalidWildcard</c>.</exception>
    public static Task<IReadOnlyList<int>> SelectAsync(IDnsSolverStore store, string text, CancellationToken ct) =>
        NumberSelector.SelectAsync(
            text,
            async stop => (await store.ListAsync(stop)).Select(solver => solver.Id),
            stop => CreateErrorAsync(store, text, stop),
            ct);

    private static async Task<EngineException> CreateErrorAsync(IDnsSolverStore store, string text, CancellationToken ct)
    {
        var solvers = await store.ListAsync(ct);
        var ofZone = solvers.FirstOrDefault(solver => solver.DnsZones.Contains(text, StringComparer.OrdinalIgnoreCase));
        return new EngineException(
            ErrorCode.DnsSolverNotFound,
            EngineErrorKind.NotFound,
            $"Cannot find DNS solver '{text}' on this rack.{(ofZone is null ? " A solver has a number, such as 1." : null)}",
            text)
        {
            // General advice would contradict a suggestion.
            Remedy = ofZone is null
                ? new Remedy(ErrorCode.DnsSolverNotFound)
                : Remedy.FromText($"DNS solver {ofZone.Id} has this zone."),
        };
    }
}
