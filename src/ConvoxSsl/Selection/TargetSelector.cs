using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Selection;

/// <summary>Finds the certificate targets of a rack that the user selected.</summary>
internal static class TargetSelector
{
    /// <summary>Finds the numbers of the targets that a text selects: a number, or a wildcard pattern of numbers.</summary>
    /// <param name="store">The targets of the rack.</param>
    /// <param name="text">The user's text.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <returns>The numbers; a given number need not exist.</returns>
    /// <exception cref="EngineException"><c>TargetNotFound</c>.</exception>
    /// <exception cref="InvalidInputException"><c>InvalidWildcard</c>.</exception>
    public static Task<IReadOnlyList<int>> SelectAsync(ITargetStore store, string text, CancellationToken ct) => NumberSelector.SelectAsync(
        text,
        async stop => (await store.ListAsync(stop)).Select(target => target.Id),
        _ => Task.FromResult(new EngineException(
            ErrorCode.TargetNotFound,
            EngineErrorKind.NotFound,
            $"Cannot find certificate target '{text}' on this rack. A target has a number, such as 1.",
            text)),
        ct);
}
