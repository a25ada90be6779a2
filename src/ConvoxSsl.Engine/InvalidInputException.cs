namespace ConvoxSsl.Engine;

/// <summary>
/// An input is not valid. Thrown before anything is ordered or written; the message names the value and the rule.
/// </summary>
/// <param name="code">The stable code of the broken rule, one of <see cref="ErrorCode"/>. It is also the key of the default remedy.</param>
/// <param name="message">The message for the user: the value and the rule, without the remedy.</param>
/// <param name="value">The invalid value, unless it is a secret. It is also the argument of the default remedy.</param>
/// <param name="innerException">The cause, or null.</param>
public sealed class InvalidInputException(string code, string message, object? value = null, Exception? innerException = null)
    : UserErrorException(message, new Remedy(code, value), innerException)
{
    /// <summary>The stable code of the broken rule, one of <see cref="ErrorCode"/>.</summary>
    public string Code { get; } = code;

    /// <summary>The invalid value; null if there is none or it is a secret.</summary>
    public object? Value { get; } = value;
}
