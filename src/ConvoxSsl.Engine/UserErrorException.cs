namespace ConvoxSsl.Engine;

/// <summary>
/// An error for the user: the message says what failed, the remedy what to do. Messages often quote servers, files and other
/// libraries, so <see cref="DisplayText.Sanitize"/> applies to all of them.
/// </summary>
/// <param name="message">The message, without the remedy.</param>
/// <param name="remedy">The advice, or null.</param>
/// <param name="innerException">The cause, or null.</param>
public abstract class UserErrorException(string message, Remedy? remedy, Exception? innerException)
    : Exception(DisplayText.Sanitize(message), innerException)
{
    /// <summary>The advice for the user; null if there is none.</summary>
    public Remedy? Remedy { get; init; } = remedy;
}
