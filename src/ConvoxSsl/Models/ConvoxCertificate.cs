using System.Security.Cryptography.X509Certificates;

namespace ConvoxSsl;

/// <summary>A certificate of a rack.</summary>
public sealed record ConvoxCertificate
{
    /// <summary>The ID of the certificate on the rack.</summary>
    public required string Id { get; init; }

    /// <summary>The first name.</summary>
    public required string Domain { get; init; }

    /// <summary>All names, in the order of the request.</summary>
    public required IReadOnlyList<string> Domains { get; init => field = JoinedList<string>.From(value); }

    /// <summary>The issuer: <c>self-signed</c>, <c>imported</c>, the name of a well-known CA, or the URL of an ACME directory.</summary>
    public required string Issuer { get; init; }

    /// <summary>The status of the certificate.</summary>
    public required ConvoxCertificateStatus Status { get; init; }

    /// <summary>The reason for the status; empty if there is nothing to add.</summary>
    public string? StatusReason { get; init; }

    /// <summary>The start of the validity period, in UTC; empty before the first version is issued.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>The end of the validity period, in UTC.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The time after which <c>Update-ConvoxCertificate</c> renews it, in UTC.</summary>
    public DateTimeOffset? RenewAfter { get; init; }

    /// <summary>The earliest time of the next attempt after a failure, in UTC; empty if the user must act first.</summary>
    public DateTimeOffset? NextTry { get; init; }

    /// <summary>The serial number, in hexadecimal.</summary>
    public string? SerialNumber { get; init; }

    /// <summary>The SHA-1 thumbprint, in hexadecimal.</summary>
    public string? Thumbprint { get; init; }

    /// <summary>The type of the key, such as <c>EcdsaP256</c>.</summary>
    public string? KeyAlgorithm { get; init; }

    /// <summary>True if a CA issued it for this rack; false if it was imported or is self-signed.</summary>
    public required bool Generated { get; init; }

    /// <summary>The name of the rack.</summary>
    public required string Rack { get; init; }

    /// <summary>The directory of the live version on a local rack; empty on a Kubernetes rack.</summary>
    public string? Path { get; init; }

    /// <summary>The namespace of its Secret on a Kubernetes rack; empty on a local rack.</summary>
    public string? Namespace { get; init; }

    /// <summary>The number of the live version; 0 if there is none.</summary>
    public int Version { get; init; }

    /// <summary>The stored versions, for <c>Restore-ConvoxCertificate</c>.</summary>
    public IReadOnlyList<int> Versions { get; init => field = JoinedList<int>.From(value); } = JoinedList<int>.From([]);

    /// <summary>
    /// Reads the certificate, without its private key; returns null if it no longer exists. PowerShell also shows it as the
    /// property <c>Certificate</c>, which tables and JSON do not include.
    /// </summary>
    public X509Certificate2? ReadCertificate() =>
        Leaf is { } leaf ? new X509Certificate2(leaf.Span)
        : Path is { } path && File.Exists(System.IO.Path.Combine(path, "cert.pem"))
            ? X509Certificate2.CreateFromPem(File.ReadAllText(System.IO.Path.Combine(path, "cert.pem")))
            : null;

    /// <summary>The certificate in DER; null if it is stored in a file.</summary>
    internal ReadOnlyMemory<byte>? Leaf { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Id;
}

/// <summary>The status of a certificate.</summary>
public enum ConvoxCertificateStatus : long
{
    /// <summary>It can be used.</summary>
    Ready,

    /// <summary>Its issuance is in progress, or its validity period has not begun.</summary>
    Pending,

    /// <summary>Its issuance failed, or another program has stored a certificate that cannot be used.</summary>
    Failed,

    /// <summary>Its validity period is over.</summary>
    Expired,

    /// <summary>It was revoked.</summary>
    Revoked,
}
