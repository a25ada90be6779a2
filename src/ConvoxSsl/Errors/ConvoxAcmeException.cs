namespace ConvoxSsl;

/// <summary>A CA refused, or answered in a way that ACME does not allow: its problem document (RFC 8555 section 6.7).</summary>
/// <param name="message">What the CA said and what can be done about it.</param>
/// <param name="innerException">What caused it, or null.</param>
public sealed class ConvoxAcmeException(string message, Exception? innerException = null) : ConvoxException(message, innerException)
{
    /// <summary>The problem's type, such as <c>urn:ietf:params:acme:error:rateLimited</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The type without the namespace of ACME, as it stands in the error's id: <c>rateLimited</c>.</summary>
    public string? ShortType { get; init; }

    /// <summary>What the CA says to a human.</summary>
    public string? Detail { get; init; }

    /// <summary>The HTTP status; null where there was no answer, or it was no error.</summary>
    public int? Status { get; init; }

    /// <summary>Where to read on, or for <c>userActionRequired</c> where to act.</summary>
    public string? Instance { get; init; }

    /// <summary>The name or address that the problem is about, where it is about one.</summary>
    public string? Identifier { get; init; }

    /// <summary>The problems of single identifiers, where several failed.</summary>
    public IReadOnlyList<ConvoxAcmeProblem> Subproblems { get; init; } = [];

    /// <summary>What was asked of the CA.</summary>
    public Uri? Url { get; init; }
}
