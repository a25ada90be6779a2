namespace ConvoxSsl.Engine.Publishing.Endpoints;

/// <summary>The result of testing a TLS server.</summary>
public sealed record EndpointResult
{
    /// <summary>The address of the server.</summary>
    public required EndpointAddress Endpoint { get; init; }

    /// <summary>The name that the certificate has to contain.</summary>
    public required string ServerName { get; init; }

    /// <summary>The protocol in which TLS begins with a command; null if TLS begins at once.</summary>
    public StartTls? StartTls { get; init; }

    /// <summary>The IP address of the connection; null if there was none.</summary>
    public string? Address { get; init; }

    /// <summary>The version of TLS; null without a complete handshake.</summary>
    public string? Protocol { get; init; }

    /// <summary>The cipher suite; null without a complete handshake.</summary>
    public string? CipherSuite { get; init; }

    /// <summary>The names in the certificate.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The name of the issuer.</summary>
    public string? Issuer { get; init; }

    /// <summary>The serial number, in hexadecimal digits; null if the server presents no certificate.</summary>
    public string? SerialNumber { get; init; }

    /// <summary>The SHA-1 thumbprint, in hexadecimal digits.</summary>
    public string? Thumbprint { get; init; }

    /// <summary>The start of the validity period.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>The end of the validity period.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>True if the server sends all issuers that clients need; null if they are not known.</summary>
    public bool? IsChainComplete { get; init; }

    /// <summary>True if the chain ends in a trusted root; null if it is not known.</summary>
    public bool? IsTrusted { get; init; }

    /// <summary>True if the certificate contains the server's name.</summary>
    public bool? IsNameMatch { get; init; }

    /// <summary>The id of the certificate on the rack; null if the rack does not have it.</summary>
    public string? CertificateId { get; init; }

    /// <summary>The version of the certificate on the rack; null if the rack does not have it.</summary>
    public int? Version { get; init; }

    /// <summary>True if this version is live on the rack; null if the certificate is not on the rack.</summary>
    public bool? IsCurrent { get; init; }

    /// <summary>The faults, the most important one first.</summary>
    public IReadOnlyList<EndpointFault> Faults { get; init; } = [];
}

/// <summary>A fault of a TLS server.</summary>
/// <param name="IsError">True if clients do not accept the certificate; false for a warning.</param>
/// <param name="Message">The fault, as one sentence.</param>
/// <param name="Remedy">The advice, or null.</param>
public sealed record EndpointFault(bool IsError, string Message, Remedy? Remedy);
