using System.Diagnostics.CodeAnalysis;

namespace ConvoxSsl.Engine;

/// <summary>
/// Advice for the user about a failure. The engine knows neither cmdlets nor parameters: advice that names them is a key into
/// the cmdlet layer's table of texts.
/// </summary>
/// <param name="Key">
/// The key into the table of remedies: an <see cref="ErrorCode"/>, or a more specific name if one code has several
/// remedies.
/// </param>
/// <param name="Arguments">The values that the text in the table refers to as <c>{0}</c>, <c>{1}</c> and so on.</param>
public sealed record Remedy(string Key, params object?[] Arguments)
{
    /// <summary>Advice that needs no cmdlet or parameter, such as "Check the network."; null if the table has the text.</summary>
    public string? Text { get; private init; }

    /// <summary>The advice that follows this one, if any.</summary>
    public Remedy? Next { get; private init; }

    /// <summary>Creates a remedy from advice that names no cmdlet or parameter.</summary>
    /// <param name="text">One or more whole sentences.</param>
    public static Remedy FromText(string text) => new(string.Empty) { Text = text };

    /// <summary>Creates a remedy from advice that names no cmdlet or parameter; null from null.</summary>
    /// <param name="text">One or more whole sentences.</param>
    public static implicit operator Remedy?(string? text) => text is null ? null : FromText(text);

    /// <summary>Gets the remedy of an exception; null if it has none.</summary>
    /// <param name="failure">The exception.</param>
    public static Remedy? FromException(Exception failure) => (failure as UserErrorException)?.Remedy;

    /// <summary>Joins two remedies, such as the message of a failed check and its advice.</summary>
    /// <param name="first">The first remedy, or null.</param>
    /// <param name="next">The remedy that follows it, or null.</param>
    [return: NotNullIfNotNull(nameof(first))]
    [return: NotNullIfNotNull(nameof(next))]
    public static Remedy? Join(Remedy? first, Remedy? next) =>
        first is null ? next : next is null ? first : first with { Next = Join(first.Next, next) };
}
