namespace ConvoxSsl;

/// <summary>The error of a CA that rejected a request or violated ACME, with its problem document (RFC 8555 section 6.7).</summary>
/// <param name="message">The CA's message and the remedy.</param>
/// <param name="innerException">The cause, or null.</param>
public sealed class ConvoxAcmeException(string message, Exception? innerException = null) : ConvoxException(message, innerException)
{
    /// <summary>The problem type, such as <c>urn:ietf:params:acme:error:rateLimited</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The problem type without the ACME namespace, as in the error ID, such as <c>rateLimited</c>.</summary>
    public string? ShortType { get; init; }

    /// <summary>The CA's message for the user.</summary>
    public string? Detail { get; init; }

    /// <summary>The HTTP status code; null if there was no error response.</summary>
    public int? Status { get; init; }

    /// <summary>The URL with more information, or with the required action for <c>userActionRequired</c>.</summary>
    public string? Instance { get; init; }

    /// <summary>The name or IP address that caused the problem; null if there is none.</summary>
    public string? Identifier { get; init; }

    /// <summary>The problems of the identifiers, if several failed.</summary>
    public IReadOnlyList<ConvoxAcmeProblem> Subproblems { get; init; } = [];

    /// <summary>The URL of the request.</summary>
    public Uri? Url { get; init; }
}
