using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Publishing.Endpoints;

/// <summary>Receives the certificates of a server during a TLS handshake. Accepts all of them, because trust is evaluated later.</summary>
internal sealed class PeerCertificates
{
    private IReadOnlyList<byte[]> _sent = [];

    /// <summary>True after the server has sent its leaf.</summary>
    public bool Exist => _sent.Count > 0;

    /// <summary>True if the issuers that the server sends are known too.</summary>
    public bool IsChainKnown { get; private set; }

    /// <summary>True if the server requests a certificate from the client.</summary>
    public bool RequestsClientCertificate { get; private set; }

    /// <summary>Creates the options of a handshake.</summary>
    /// <param name="serverName">The name to send (SNI). An IP address is not sent (RFC 6066 section 3).</param>
    [SuppressMessage(
        "Security", "CA5359:Do Not Disable Certificate Validation", Justification = "The certificate is shown, and no data is sent.")]
    public SslClientAuthenticationOptions CreateOptions(string serverName) => new()
    {
        TargetHost = serverName,

        // A resumed session would show the certificate of an earlier handshake.
        AllowTlsResume = false,
        RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
        {
            if (certificate is not null)
            {
                _sent = ReadAll(certificate, chain?.ChainPolicy.ExtraStore ?? []);
                IsChainKnown = true;
            }

            return true;
        },

        // The first call, without a certificate of the server, precedes the handshake. After a later one, the server can end the handshake
        // without a call of the other callback.
        LocalCertificateSelectionCallback = (_, _, _, certificate, _) =>
        {
            if (certificate is not null)
            {
                RequestsClientCertificate = true;
                _sent = Exist ? _sent : [certificate.GetRawCertData()];
            }

            return null!;
        },

        // A missing issuer must not be downloaded: many clients do not either.
        CertificateChainPolicy = new X509ChainPolicy
        {
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
            VerificationFlags = X509VerificationFlags.AllFlags,
        },
    };

    /// <summary>Loads the certificates.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidCertificate</c>: one is corrupt.</exception>
    public IReadOnlyList<X509Certificate2> Load() => [.. _sent.Select(data => CertificateChain.Load(data))];

    // The collection can contain the leaf again.
    private static List<byte[]> ReadAll(X509Certificate leaf, X509Certificate2Collection others)
    {
        var first = leaf.GetRawCertData();
        return [first, .. others.Select(other => other.RawData).Where(data => !data.AsSpan().SequenceEqual(first))];
    }
}
