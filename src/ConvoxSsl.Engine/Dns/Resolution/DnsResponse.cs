using DnsClient.Protocol;

namespace ConvoxSsl.Engine.Dns.Resolution;

/// <summary>The outcome of a query.</summary>
internal enum DnsOutcome
{
    /// <summary>The name exists, with or without records of the type.</summary>
    Answered,

    /// <summary>NXDOMAIN (RFC 2308 section 2.1): the name, or the target of its alias, does not exist.</summary>
    NoSuchName,

    /// <summary>Any other response code: SERVFAIL, REFUSED and the like.</summary>
    Failed,

    /// <summary>There was no response, or it is not valid.</summary>
    NoResponse,
}

/// <summary>The response of a server.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Reason">The outcome in words, for messages.</param>
/// <param name="IsAuthoritative">True if the AA flag was set (RFC 1035 section 4.1.1).</param>
/// <param name="Records">The answer section.</param>
internal sealed record DnsResponse(DnsOutcome Outcome, string Reason, bool IsAuthoritative, IReadOnlyList<DnsResourceRecord> Records)
{
    /// <summary>Gets the name in lowercase without the final dot, the form in which names are compared (RFC 4343).</summary>
    public static string Normalize(string name) => name.TrimEnd('.').ToLowerInvariant();

    /// <summary>The authority section. In a referral, it has the NS records of a zone that the server delegates.</summary>
    public IReadOnlyList<DnsResourceRecord> Authorities { get; init; } = [];

    /// <summary>True if the response shows whether the name exists.</summary>
    public bool IsConclusive => Outcome is DnsOutcome.Answered or DnsOutcome.NoSuchName;

    /// <summary>Gets the records of one type, at the name or the target of its aliases.</summary>
    public IEnumerable<T> Of<T>()
        where T : DnsResourceRecord => Records.OfType<T>();

    /// <summary>Gets the target of an alias according to this response; null if the name is not an alias.</summary>
    public string? AliasOf(string name) =>
        Of<CNameRecord>().FirstOrDefault(r => Normalize(r.DomainName.Value) == name) is { } alias
            ? Normalize(alias.CanonicalName.Value)
            : null;

    /// <summary>Gets the TXT values, each with its strings joined (as in RFC 7208 section 3.3).</summary>
    public IReadOnlyList<string> TxtValues() => [.. Of<DnsClient.Protocol.TxtRecord>().Select(r => string.Concat(r.Text))];
}
