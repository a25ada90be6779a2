namespace ConvoxSsl.TestKit.Dns;

/// <summary>The faults of a server.</summary>
public enum DnsFault
{
    /// <summary>No fault.</summary>
    None,

    /// <summary>Responds with SERVFAIL.</summary>
    ServFail,

    /// <summary>Responds with REFUSED.</summary>
    Refused,

    /// <summary>Responds with NOTIMP.</summary>
    NotImplemented,

    /// <summary>Responds with FORMERR.</summary>
    FormatError,

    /// <summary>Does not respond, and closes connections.</summary>
    Silent,

    /// <summary>Does not respond over UDP.</summary>
    SilentOverUdp,

    /// <summary>Responds with another id.</summary>
    WrongId,

    /// <summary>Truncates all responses over UDP.</summary>
    Truncated,
}

/// <summary>A question that a server received.</summary>
/// <param name="Name">The name in lower case without the final dot.</param>
/// <param name="Type">The record type.</param>
/// <param name="OverTcp">True if it was received over TCP.</param>
/// <param name="RecursionDesired">True if recursion is desired.</param>
/// <param name="HasEdns">True if it has EDNS.</param>
public sealed record DnsSeenQuery(string Name, DnsRecordType Type, bool OverTcp, bool RecursionDesired, bool HasEdns);
