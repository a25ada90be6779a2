namespace ConvoxSsl;

/// <summary>The error of a cmdlet with invalid input. Nothing was ordered or written.</summary>
/// <param name="message">The value, the rule that it violates, and the remedy.</param>
/// <param name="innerException">The cause, or null.</param>
public sealed class ConvoxInputException(string message, Exception? innerException = null) : ConvoxException(message, innerException);
