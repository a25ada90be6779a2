using DnsClient.Protocol;

namespace ConvoxSsl.Engine.Dns.Resolution;

/// <summary>How a query ended.</summary>
internal enum DnsOutcome
{
    /// <summary>The name exists; the records that were asked for may not.</summary>
    Answered,

    /// <summary>NXDOMAIN (RFC 2308 section 2.1): the name, or what it is an alias of, does not exist.</summary>
    NoSuchName,

    /// <summary>Any other response code: SERVFAIL, REFUSED and the like.</summary>
    Failed,

    /// <summary>No answer, or none that can be read.</summary>
    Silent,
}

/// <summary>What a server said.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">The outcome in words, for messages.</param>
/// <param name="IsAuthoritative">Whether the AA flag was set (RFC 1035 section 4.1.1).</param>
/// <param name="Records">The answer section.</param>
internal sealed record DnsResponse(DnsOutcome Outcome, string Reason, bool IsAuthoritative, IReadOnlyList<DnsResourceRecord> Records)
{
    /// <summary>The name in lower case without the final dot, as names are compared (RFC 4343).</summary>
    public static string Normalize(string name) => name.TrimEnd('.').ToLowerInvariant();

    /// <summary>Whether the server says anything of the name at all.</summary>
    public bool IsConclusive => Outcome is DnsOutcome.Answered or DnsOutcome.NoSuchName;

    /// <summary>The records of one kind, at whatever name the chain of aliases led to.</summary>
    public IEnumerable<T> Of<T>()
        where T : DnsResourceRecord => Records.OfType<T>();

    /// <summary>What a name is an alias of according to this answer; null where it is none.</summary>
    public string? AliasOf(string name) =>
        Of<CNameRecord>().FirstOrDefault(r => Normalize(r.DomainName.Value) == name) is { } alias ? Normalize(alias.CanonicalName.Value) : null;

    /// <summary>The TXT values, each of its strings joined (RFC 7208 section 3.3 tells how readers do it).</summary>
    public IReadOnlyList<string> TxtValues() => [.. Of<DnsClient.Protocol.TxtRecord>().Select(r => string.Concat(r.Text))];
}
