using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace ConvoxSsl.TestKit.Endpoints;

/// <summary>The options of a <see cref="TlsTestServer"/>.</summary>
public sealed record TlsTestServerOptions
{
    /// <summary>Selects the certificate with its key, and the issuers to send, for a server name, which can be empty.</summary>
    public required Func<string, (X509Certificate2 Leaf, X509Certificate2[] Issuers)> Select { get; init; }

    /// <summary>The dialog before TLS; null if TLS begins at once.</summary>
    public StartTlsScript? Script { get; init; }

    /// <summary>The versions of TLS.</summary>
    public SslProtocols Protocols { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>True to end the handshake if the client has no certificate.</summary>
    public bool RequiresClientCertificate { get; init; }

    /// <summary>True to close the connection instead of a handshake; after the dialog, if there is one.</summary>
    public bool Closes { get; init; }

    /// <summary>True to send nothing and to keep the connection open; after the dialog, if there is one.</summary>
    public bool Hangs { get; init; }

    internal SslServerAuthenticationOptions CreateTlsOptions(string serverName)
    {
        var (leaf, issuers) = Select(serverName);
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(leaf, [.. issuers], offline: true),
            EnabledSslProtocols = Protocols,
            ClientCertificateRequired = RequiresClientCertificate,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null || !RequiresClientCertificate,
        };
    }
}
