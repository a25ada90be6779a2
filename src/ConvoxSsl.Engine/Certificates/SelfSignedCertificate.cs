using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ConvoxSsl.Engine.Certificates;

/// <summary>Creates self-signed certificates, which Convox uses if no issuer is given.</summary>
public static class SelfSignedCertificate
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>The lifetime that Convox uses.</summary>
    public static TimeSpan DefaultLifetime { get; } = TimeSpan.FromDays(365);

    /// <summary>Creates a certificate for TLS servers, valid from now.</summary>
    public static CertificateChain Create(PrivateKey key, CertificateNameSet names, DateTimeOffset now, TimeSpan lifetime)
    {
        var request = SigningRequest.CreateBuilder(key, SigningRequest.GetCommonName(names[0], emptySubject: false));
        // RFC 5280 section 4.2.1.6: if the subject is empty, the alternative names must be critical.
        var alternativeNames = SigningRequest.CreateAlternativeNames(names);
        alternativeNames.Critical = request.SubjectName.RawData.Length == 2;
        request.CertificateExtensions.Add(alternativeNames);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.DigitalSignature | (key.Key is RSA ? X509KeyUsageFlags.KeyEncipherment : 0), critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));

        // Certificates have whole seconds, and the clocks of clients may be slow.
        var start = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds());
        using var signed = request.CreateSelfSigned(start.AddMinutes(-5), start + lifetime);
        return CertificateChain.Arrange([new X509Certificate2(signed.RawDataMemory.Span)], key);
    }
}
