namespace ConvoxSsl.TestKit.Dns;

/// <summary>A record with the time during which it exists.</summary>
/// <param name="Name">Its name in lower case without the final dot.</param>
/// <param name="Type">Its type.</param>
/// <param name="Data">Its data on the wire.</param>
/// <param name="Text">The content: the target of an alias, the value of a TXT record.</param>
internal sealed record DnsTestRecord(string Name, DnsRecordType Type, byte[] Data, string Text)
{
    /// <summary>The time at which it was added.</summary>
    public DateTimeOffset Added { get; init; } = DateTimeOffset.MinValue;

    /// <summary>The time at which it was removed.</summary>
    public DateTimeOffset Removed { get; init; } = DateTimeOffset.MaxValue;

    /// <summary>True if it exists at a time.</summary>
    public bool IsThereAt(DateTimeOffset time) => Added <= time && time < Removed;
}

/// <summary>The response to a question.</summary>
/// <param name="Code">The response code.</param>
/// <param name="IsAuthoritative">The AA flag.</param>
/// <param name="Answers">The answer section.</param>
/// <param name="Authorities">The authority section.</param>
internal sealed record DnsTestResponse(
    int Code, bool IsAuthoritative, IReadOnlyList<DnsTestRecord> Answers, IReadOnlyList<DnsTestRecord> Authorities);
