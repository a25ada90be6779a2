using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ConvoxSsl.Engine.Certificates;

/// <summary>Certificates signed by their own key: what Convox makes when no issuer is named.</summary>
public static class SelfSignedCertificate
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>The lifetime that Convox gives one.</summary>
    public static TimeSpan DefaultLifetime { get; } = TimeSpan.FromDays(365);

    /// <summary>Makes a certificate for the names, valid from now on, for TLS servers.</summary>
    public static CertificateChain Create(PrivateKey key, CertificateNameSet names, DateTimeOffset now, TimeSpan lifetime)
    {
        var request = SigningRequest.Builder(key, SigningRequest.CommonName(names[0], emptySubject: false));
        // RFC 5280 section 4.2.1.6: with an empty subject the alternative names are critical.
        var alternativeNames = SigningRequest.AlternativeNames(names);
        alternativeNames.Critical = request.SubjectName.RawData.Length == 2;
        request.CertificateExtensions.Add(alternativeNames);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.DigitalSignature | (key.Key is RSA ? X509KeyUsageFlags.KeyEncipherment : 0), critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));

        // Certificates count whole seconds, and clocks of clients may lag a little.
        var start = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds());
        using var signed = request.CreateSelfSigned(start.AddMinutes(-5), start + lifetime);
        return CertificateChain.Arrange([new X509Certificate2(signed.RawDataMemory.Span)], key);
    }
}
