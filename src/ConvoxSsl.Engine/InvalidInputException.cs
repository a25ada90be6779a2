namespace ConvoxSsl.Engine;

/// <summary>
/// What the user gave can't be used. Thrown before any network call and before anything is written; the message
/// names the value, the rule and the remedy.
/// </summary>
/// <param name="code">The stable name of the rule that was broken, such as <c>InvalidDomain</c>.</param>
/// <param name="message">The text for the user.</param>
/// <param name="value">The offending value, unless it is a secret.</param>
/// <param name="innerException">What was caught, if anything.</param>
public sealed class InvalidInputException(string code, string message, object? value = null, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>The stable name of the rule that was broken, such as <c>InvalidDomain</c>.</summary>
    public string Code { get; } = code;

    /// <summary>The offending value, or null where it is a secret or there is none.</summary>
    public object? Value { get; } = value;

    /// <summary>What to give instead: by default the remedy for the code, with the value as its argument.</summary>
    public Remedy? Remedy { get; init; } = RemedySentence.In(message) is { } sentence ? Remedy.FromText(sentence) : new Remedy(code, value);
}
