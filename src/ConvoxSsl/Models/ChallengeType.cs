namespace ConvoxSsl;

/// <summary>The challenge types, which validate control of a name.</summary>
public enum ChallengeType
{
    /// <summary>A file on the web server of the name (RFC 8555 section 8.3).</summary>
    Http01,

    /// <summary>A TXT record below the name (RFC 8555 section 8.4).</summary>
    Dns01,

    /// <summary>A certificate on the TLS server of the name (RFC 8737).</summary>
    TlsAlpn01,
}
