namespace ConvoxSsl;

/// <summary>What was given to a cmdlet can't be used. Nothing was asked of anyone, and nothing was written.</summary>
/// <param name="message">The value, the rule that it breaks and what to give instead.</param>
/// <param name="innerException">What caused it, or null.</param>
public sealed class ConvoxInputException(string message, Exception? innerException = null) : ConvoxException(message, innerException);
