namespace ConvoxSsl;

/// <summary>The certificate that a TLS server presents.</summary>
public sealed record ConvoxEndpoint
{
    /// <summary>The server: its host and port.</summary>
    public required string Endpoint { get; init; }

    /// <summary>The host name or IP address.</summary>
    public required string HostName { get; init; }

    /// <summary>The port.</summary>
    public required int Port { get; init; }

    /// <summary>The name that was sent to the server, and that its certificate has to contain.</summary>
    public required string ServerName { get; init; }

    /// <summary>The protocol in which TLS begins with a command; empty if TLS begins at once.</summary>
    public StartTlsProtocol? StartTls { get; init; }

    /// <summary>The IP address of the connection; empty if there was none.</summary>
    public string? Address { get; init; }

    /// <summary>The result.</summary>
    public required ConvoxEndpointStatus Status { get; init; }

    /// <summary>The reasons for the status, the most important one first; empty if the status is Ok.</summary>
    public string? Reason { get; init; }

    /// <summary>The action for the first reason; empty if there is none.</summary>
    public string? Remedy { get; init; }

    /// <summary>The serial number, in hexadecimal; empty if the server presents no certificate.</summary>
    public string? SerialNumber { get; init; }

    /// <summary>The SHA-1 thumbprint, in hexadecimal.</summary>
    public string? Thumbprint { get; init; }

    /// <summary>The names in the certificate.</summary>
    public IReadOnlyList<string> Domains { get; init => field = JoinedList<string>.From(value); } = JoinedList<string>.From([]);

    /// <summary>The name of the issuer.</summary>
    public string? Issuer { get; init; }

    /// <summary>The start of the validity period, in UTC.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>The end of the validity period, in UTC.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>The number of whole days until the end of the validity period; negative after it.</summary>
    public int? DaysLeft { get; init; }

    /// <summary>True if the server sends all intermediate certificates; empty if that is not known.</summary>
    public bool? ChainComplete { get; init; }

    /// <summary>True if the chain ends in a trusted root; empty if that is not known.</summary>
    public bool? Trusted { get; init; }

    /// <summary>True if the certificate contains the server name.</summary>
    public bool? NameMatches { get; init; }

    /// <summary>The version of TLS; empty without a complete handshake.</summary>
    public string? Protocol { get; init; }

    /// <summary>The cipher suite; empty without a complete handshake.</summary>
    public string? CipherSuite { get; init; }

    /// <summary>The ID of the certificate on the rack; empty if it is not on the rack.</summary>
    public string? CertificateId { get; init; }

    /// <summary>The version of the certificate; empty if it is not on the rack, or no longer.</summary>
    public int? Version { get; init; }

    /// <summary>True if that version is the current one; empty if the certificate is not on the rack.</summary>
    public bool? Current { get; init; }

    /// <summary>The name of the rack.</summary>
    public required string Rack { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Endpoint;
}

/// <summary>The results of testing a TLS server.</summary>
public enum ConvoxEndpointStatus : long
{
    /// <summary>Clients accept the certificate.</summary>
    Ok,

    /// <summary>
    /// Clients accept the certificate, but it expires soon, is not the current version or the expected certificate, or is one of the
    /// rack from a CA that is not trusted everywhere; or its chain is not known.
    /// </summary>
    Warning,

    /// <summary>The server presents no certificate, or one that clients do not accept.</summary>
    Failed,
}
