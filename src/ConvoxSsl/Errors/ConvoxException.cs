namespace ConvoxSsl;

/// <summary>
/// What a cmdlet of this module could not do. Scripts can catch it by its type, and the kinds below it:
/// <see cref="ConvoxInputException"/> and <see cref="ConvoxAcmeException"/>.
/// </summary>
/// <param name="message">What happened and what can be done about it.</param>
/// <param name="innerException">What caused it, or null.</param>
public class ConvoxException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>The stable name of what went wrong, such as <c>ConvoxSsl.CertificateNotFound</c>.</summary>
    public string? ErrorId { get; init; }

    /// <summary>What can be done about it; null where nobody can say.</summary>
    public string? RecommendedAction { get; init; }

    /// <summary>When the next try is possible; null where that is not known.</summary>
    public DateTimeOffset? RetryAfter { get; init; }
}
