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

    /// <summary>Creates a remedy from advice that names no cmdlet or parameter.</summary>
    /// <param name="text">One or more whole sentences.</param>
    public static Remedy FromText(string text) => new(string.Empty) { Text = text };

    /// <summary>Creates a remedy from advice that names no cmdlet or parameter; null from null.</summary>
    /// <param name="text">One or more whole sentences.</param>
    public static implicit operator Remedy?(string? text) => text is null ? null : FromText(text);

    /// <summary>The message of a failed check, shown before the advice; null for a remedy that accompanies an exception.</summary>
    public string? Message { get; private init; }

    /// <summary>Creates the remedy of a check that failed with an exception: its message, then its advice.</summary>
    /// <param name="message">The message of the exception.</param>
    /// <param name="remedy">The remedy of the exception, if any.</param>
    public static Remedy FromFailure(string message, Remedy? remedy) => remedy switch
    {
        null => FromText(message),
        { Text: null } => remedy with { Message = message },
        { Text: { } advice } => FromText(message.EndsWith(advice, StringComparison.Ordinal) ? message : $"{message} {advice}"),
    };
}
