using System.Globalization;
using System.Management.Automation;
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
    public static async Task<IReadOnlyList<int>> SelectAsync(IDnsSolverStore store, string text, CancellationToken ct)
    {
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return [number];
        }

        var solvers = await store.ListAsync(ct);
        if (WildcardPattern.ContainsWildcardCharacters(text))
        {
            var pattern = Wildcard.Parse(text);
            return
            [
                .. solvers.Select(solver => solver.Id).Where(id => pattern.IsMatch(id.ToString(CultureInfo.InvariantCulture))),
            ];
        }

        var ofZone = solvers.FirstOrDefault(solver => solver.DnsZones.Contains(text, StringComparer.OrdinalIgnoreCase));
        throw new EngineException(
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
