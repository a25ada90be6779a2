namespace ConvoxSsl.TestKit.Dns;

/// <summary>What a server does instead of answering.</summary>
public enum DnsFault
{
    /// <summary>It answers.</summary>
    None,

    /// <summary>It says SERVFAIL.</summary>
    ServFail,

    /// <summary>It says REFUSED.</summary>
    Refused,

    /// <summary>It says nothing, and closes connections.</summary>
    Silent,

    /// <summary>It says nothing over UDP.</summary>
    SilentOverUdp,

    /// <summary>Its answers have another id.</summary>
    WrongId,

    /// <summary>Its answers over UDP are cut short, however small they are.</summary>
    Truncated,
}

/// <summary>A question that a server was asked.</summary>
/// <param name="Name">The name in lower case without the final dot.</param>
/// <param name="Type">What was asked for.</param>
/// <param name="OverTcp">Whether it came over TCP.</param>
/// <param name="RecursionDesired">Whether the server was to find out itself.</param>
/// <param name="HasEdns">Whether it came with EDNS.</param>
public sealed record DnsSeenQuery(string Name, DnsRecordType Type, bool OverTcp, bool RecursionDesired, bool HasEdns);
