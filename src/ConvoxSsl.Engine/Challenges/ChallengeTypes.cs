namespace ConvoxSsl.Engine.Challenges;

/// <summary>The challenge types that the engine can solve, by their names on the wire.</summary>
public static class ChallengeTypes
{
    /// <summary>A file on the web server of the name (RFC 8555 section 8.3).</summary>
    public const string Http01 = "http-01";

    /// <summary>A TXT record below the name (RFC 8555 section 8.4).</summary>
    public const string Dns01 = "dns-01";

    /// <summary>A certificate for clients that offer <c>acme-tls/1</c> (RFC 8737).</summary>
    public const string TlsAlpn01 = "tls-alpn-01";
}
