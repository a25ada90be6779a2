namespace ConvoxSsl.TestKit.Dns;

/// <summary>The supported record types, with their numbers.</summary>
public enum DnsRecordType
{
    /// <summary>An IPv4 address.</summary>
    A = 1,

    /// <summary>A name server.</summary>
    NS = 2,

    /// <summary>An alias (CNAME).</summary>
    CNAME = 5,

    /// <summary>The start of a zone.</summary>
    SOA = 6,

    /// <summary>Text.</summary>
    TXT = 16,

    /// <summary>An IPv6 address.</summary>
    AAAA = 28,

    /// <summary>EDNS (RFC 6891); never stored.</summary>
    OPT = 41,

    /// <summary>The CAs that are allowed to issue (CAA).</summary>
    CAA = 257,
}
