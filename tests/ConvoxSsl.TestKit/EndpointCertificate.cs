using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ConvoxSsl.TestKit;

/// <summary>The TLS certificate of a test CA's endpoint and the root that signed it.</summary>
internal static class EndpointCertificate
{
    public const string CertificateFile = "endpoint.pem";
    public const string KeyFile = "endpoint.key.pem";
    public const string RootFile = "endpoint-root.pem";

    /// <summary>Writes certificate, key and root into a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The certificate's only name; null for localhost and 127.0.0.1.</param>
    /// <returns>The root.</returns>
    public static X509Certificate2 Write(string folder, string? name = null)
    {
        var now = DateTimeOffset.UtcNow;
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest("CN=Endpoint Test Root", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        rootRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        using var root = rootRequest.CreateSelfSigned(now.AddHours(-1), now.AddDays(7));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name ?? "localhost");
        if (name is null)
        {
            names.AddIpAddress(IPAddress.Loopback);
        }

        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(root, now.AddHours(-1), now.AddDays(6), RandomNumberGenerator.GetBytes(8));

        File.WriteAllText(Path.Combine(folder, CertificateFile), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, KeyFile), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(folder, RootFile), root.ExportCertificatePem());
        return X509CertificateLoader.LoadCertificate(root.RawDataMemory.Span);
    }

    /// <summary>Loads the certificate and its key from a folder in a form that TLS accepts on every system.</summary>
    public static X509Certificate2 Load(string folder)
    {
        using var certificate = X509Certificate2.CreateFromPemFile(Path.Combine(folder, CertificateFile), Path.Combine(folder, KeyFile));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), password: null);
    }
}
