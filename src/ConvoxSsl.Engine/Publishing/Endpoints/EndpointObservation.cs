using System.Net;
using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Publishing.Endpoints;

/// <summary>The certificates that a TLS server presents, or the failure. Dispose it to release the certificates.</summary>
public sealed record EndpointObservation : IDisposable
{
    /// <summary>The address of the server.</summary>
    public required EndpointAddress Endpoint { get; init; }

    /// <summary>The name that was sent to the server, and that its certificate has to contain.</summary>
    public required string ServerName { get; init; }

    /// <summary>The IP address of the connection; null if there was none.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>The certificates in the order of the server, the leaf first; none before the server has sent them.</summary>
    public IReadOnlyList<X509Certificate2> Certificates { get; init; } = [];

    /// <summary>The leaf; null before the server has sent it.</summary>
    public X509Certificate2? Leaf => Certificates is [var leaf, ..] ? leaf : null;

    /// <summary>
    /// False if only the leaf is known: TLS 1.2 servers that require a certificate from the client can end the handshake early.
    /// </summary>
    public bool IsChainKnown { get; init; }

    /// <summary>True if the server requests a certificate from the client.</summary>
    public bool RequestsClientCertificate { get; init; }

    /// <summary>The version of TLS, such as <c>TLS 1.3</c>; null without a complete handshake.</summary>
    public string? Protocol { get; init; }

    /// <summary>The cipher suite, such as <c>TLS_AES_256_GCM_SHA384</c>; null without a complete handshake.</summary>
    public string? CipherSuite { get; init; }

    /// <summary>The failure; null if the server presents a certificate.</summary>
    public EndpointFailure? Failure { get; init; }

    /// <summary>Compares the presented certificates with those that the server should present.</summary>
    /// <param name="expected">The expected leaf and its issuers. A root need not be sent.</param>
    /// <returns>The difference; null if there is none.</returns>
    public EndpointFailure? FindDifference(CertificateChain expected)
    {
        if (Failure is not null || Leaf is not { } leaf)
        {
            return Failure;
        }

        if (!leaf.RawDataMemory.Span.SequenceEqual(expected.Leaf.RawDataMemory.Span))
        {
            return new EndpointFailure(
                ErrorCode.OtherCertificateServed,
                $"{Endpoint} presents the certificate with serial number {leaf.SerialNumber}, issued by '{GetIssuerName(leaf)}' and valid "
                    + $"until {leaf.NotAfter.ToUniversalTime():u}, instead of {expected.Leaf.SerialNumber}.",
                new Remedy(ErrorCode.OtherCertificateServed));
        }

        var missing = IsChainKnown
            ? expected.Certificates.Skip(1).FirstOrDefault(issuer => !ChainFault.IsSelfIssued(issuer) && !Sends(issuer))
            : null;
        return missing is null ? null : new EndpointFailure(
            ErrorCode.ChainNotServed,
            $"{Endpoint} presents the expected certificate without its issuer '{GetName(missing)}'.",
            new Remedy(ErrorCode.ChainNotServed));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var certificate in Certificates)
        {
            certificate.Dispose();
        }
    }

    /// <summary>True if the server sends a certificate.</summary>
    internal bool Sends(X509Certificate2 certificate) =>
        Certificates.Any(sent => sent.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span));

    internal static string GetName(X509Certificate2 certificate) =>
        certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false) is { Length: > 0 } name ? name : certificate.Subject;

    internal static string GetIssuerName(X509Certificate2 certificate) =>
        certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: true) is { Length: > 0 } name ? name : certificate.Issuer;
}
