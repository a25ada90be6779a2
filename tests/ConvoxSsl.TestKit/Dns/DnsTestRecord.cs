namespace ConvoxSsl.TestKit.Dns;

/// <summary>A record, and from when to when it is there.</summary>
/// <param name="Name">Its name in lower case without the final dot.</param>
/// <param name="Type">Its type.</param>
/// <param name="Data">Its data on the wire.</param>
/// <param name="Text">What it says: the target of an alias, the value of a TXT record.</param>
internal sealed record DnsTestRecord(string Name, DnsRecordType Type, byte[] Data, string Text)
{
    /// <summary>When it was added.</summary>
    public DateTimeOffset Added { get; init; } = DateTimeOffset.MinValue;

    /// <summary>When it was removed.</summary>
    public DateTimeOffset Removed { get; init; } = DateTimeOffset.MaxValue;

    /// <summary>Whether it is there at a time.</summary>
    public bool IsThereAt(DateTimeOffset time) => Added <= time && time < Removed;
}

/// <summary>What is answered to a question.</summary>
/// <param name="Code">The response code.</param>
/// <param name="IsAuthoritative">The AA flag.</param>
/// <param name="Answers">The answer section.</param>
/// <param name="Authorities">The authority section.</param>
internal sealed record DnsReply(int Code, bool IsAuthoritative, IReadOnlyList<DnsTestRecord> Answers, IReadOnlyList<DnsTestRecord> Authorities);
