using System.Globalization;
using System.Management.Automation;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Selection;

/// <summary>Selects the objects of a rack that have numbers: DNS solvers and certificate targets.</summary>
internal static class NumberSelector
{
    /// <summary>Finds the numbers that a text selects: a number, or a wildcard pattern of numbers.</summary>
    /// <param name="text">The user's text.</param>
    /// <param name="listAsync">Lists the numbers of the rack.</param>
    /// <param name="createErrorAsync">Creates the error for any other text.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <returns>The numbers; a given number need not exist.</returns>
    /// <exception cref="InvalidInputException"><c>InvalidWildcard</c>.</exception>
    public static async Task<IReadOnlyList<int>> SelectAsync(
        string text,
        Func<CancellationToken, Task<IEnumerable<int>>> listAsync,
        Func<CancellationToken, Task<EngineException>> createErrorAsync,
        CancellationToken ct)
    {
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return [number];
        }

        if (!WildcardPattern.ContainsWildcardCharacters(text))
        {
            throw await createErrorAsync(ct);
        }

        var pattern = Wildcard.Parse(text);
        return [.. (await listAsync(ct)).Where(id => pattern.IsMatch(id.ToString(CultureInfo.InvariantCulture)))];
    }
}
