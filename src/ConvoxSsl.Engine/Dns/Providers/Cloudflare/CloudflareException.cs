namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>
/// A failed request, with the details that callers need. The provider converts it to an <see cref="EngineException"/> with
/// <see cref="ToEngine"/>.
/// </summary>
internal sealed class CloudflareException(
    string code,
    EngineErrorKind kind,
    string detail,
    string remedy,
    string? subject = null,
    CloudflareResponse? response = null,
    Exception? cause = null)
    : Exception(detail, cause)
{
    public string Code { get; } = code;

    public EngineErrorKind Kind { get; } = kind;

    /// <summary>The advice, as a sentence.</summary>
    public string Remedy { get; } = remedy;

    /// <summary>The zone or name of the request.</summary>
    public string? Subject { get; } = subject;

    /// <summary>The HTTP status; null if there was no response.</summary>
    public int? Status => response?.Status;

    /// <summary>True if the API is unavailable for all requests.</summary>
    public bool IsOutage => Code == ErrorCode.DnsProviderUnreachable || Status is 429 or >= 500;

    /// <summary>True if the response contains one of these codes.</summary>
    public bool Has(params long[] codes) => response is not null && response.Errors.Any(e => codes.Contains(e.Code));

    /// <summary>True if one of the response's messages matches.</summary>
    public bool HasMessage(Func<string, bool> isMatch) => response is not null && response.Errors.Any(e => isMatch(e.Message));

    /// <summary>Creates the same error for another zone or name.</summary>
    public CloudflareException WithSubject(string subject) => new(Code, Kind, Message, Remedy, subject, response, this);

    /// <summary>Converts this failure to an error for the user.</summary>
    public EngineException ToEngine() => new(Code, Kind, Message, Subject, this) { Remedy = Remedy };
}
