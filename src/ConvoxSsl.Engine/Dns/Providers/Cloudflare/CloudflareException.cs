namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>
/// A call that failed, with what its caller decides by. It leaves the provider as the <see cref="EngineException"/>
/// that <see cref="ToEngine"/> makes of it.
/// </summary>
internal sealed class CloudflareException(
    string code, EngineErrorKind kind, string detail, string remedy, string? subject = null, CloudflareResponse? answer = null, Exception? cause = null)
    : Exception(detail, cause)
{
    public string Code { get; } = code;

    public EngineErrorKind Kind { get; } = kind;

    /// <summary>What to do about it, as a sentence.</summary>
    public string Remedy { get; } = remedy;

    /// <summary>The zone or name that it is about.</summary>
    public string? Subject { get; } = subject;

    /// <summary>The HTTP status; null where there was no answer.</summary>
    public int? Status => answer?.Status;

    /// <summary>Whether the API does not work now, for whatever it is asked.</summary>
    public bool IsOutage => Code == ErrorCode.DnsProviderUnreachable || Status is 429 or >= 500;

    /// <summary>Whether Cloudflare gave one of these codes.</summary>
    public bool Has(params long[] codes) => answer is not null && answer.Errors.Any(e => codes.Contains(e.Code));

    /// <summary>Whether one of Cloudflare's messages is like that.</summary>
    public bool Says(Func<string, bool> like) => answer is not null && answer.Errors.Any(e => like(e.Message));

    /// <summary>The same about something else.</summary>
    public CloudflareException About(string other) => new(Code, Kind, Message, Remedy, other, answer, this);

    public EngineException ToEngine() => new(Code, Kind, $"{Message} {Remedy}", Subject, this);
}
