namespace ConvoxSsl;

/// <summary>
/// The error of a cmdlet of this module. Scripts can catch it, or the derived <see cref="ConvoxInputException"/> and
/// <see cref="ConvoxAcmeException"/>.
/// </summary>
/// <param name="message">The error and the remedy.</param>
/// <param name="innerException">The cause, or null.</param>
public class ConvoxException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>The stable error ID, such as <c>ConvoxSsl.CertificateNotFound</c>.</summary>
    public string? ErrorId { get; init; }

    /// <summary>The remedy; null if none is known.</summary>
    public string? RecommendedAction { get; init; }

    /// <summary>The earliest time of the next attempt; null if it is unknown.</summary>
    public DateTimeOffset? RetryAfter { get; init; }
}
