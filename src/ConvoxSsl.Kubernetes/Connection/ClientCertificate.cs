using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ConvoxSsl.Kubernetes.Connection;

/// <summary>A client certificate with its key, and the intermediates that the API server needs to verify it.</summary>
internal static class ClientCertificate
{
    /// <summary>Creates the certificate for TLS connections; null without a certificate.</summary>
    /// <param name="certificates">The certificate in PEM format, followed by its intermediates.</param>
    /// <param name="key">The key in PEM format.</param>
    /// <param name="location">The kubeconfig, for errors.</param>
    /// <exception cref="Engine.InvalidInputException"><c>InvalidKubeConfig</c>.</exception>
    public static SslStreamCertificateContext? Create(string? certificates, string? key, string location)
    {
        if (string.IsNullOrEmpty(certificates))
        {
            return null;
        }

        try
        {
            var all = new X509Certificate2Collection();
            all.ImportFromPem(certificates);
            var intermediates = new X509Certificate2Collection(all.Skip(1).ToArray());
            return SslStreamCertificateContext.Create(WithKey(certificates, key), intermediates, offline: true);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw KubeConfig.Invalid(location, "its client-certificate and client-key cannot be read, or do not belong together.");
        }
    }

    private static X509Certificate2 WithKey(string certificates, string? key)
    {
        var leaf = X509Certificate2.CreateFromPem(certificates, key);
        if (!OperatingSystem.IsWindows())
        {
            return leaf;
        }

        // Windows uses only keys that were imported.
        using (leaf)
        {
            return new X509Certificate2(leaf.Export(X509ContentType.Pkcs12));
        }
    }
}
