using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Engine.Acme;

namespace ConvoxSsl.Engine.Tests.Acme;

public sealed class RenewalIdentifierTests
{
    private static readonly byte[] KeyIdentifier = Convert.FromHexString("69885B6B87464041E1B37B847BA0AE2CDE01C8D4");

    [Fact]
    public void The_identifier_matches_RFC_9773_section_4_1()
    {
        // The serial number's first octet is above 0x7F, so its DER form begins with a zero octet.
        using var certificate =
            Certificate([0x87, 0x65, 0x43, 0x21], X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(KeyIdentifier));

        Assert.Equal("aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE", RenewalIdentifier.FromCertificate(certificate));
    }

    [Fact]
    public void A_certificate_without_an_authority_key_identifier_has_none()
    {
        using var certificate = Certificate([1], null);

        Assert.Null(RenewalIdentifier.FromCertificate(certificate));
    }

    private static X509Certificate2 Certificate(byte[] serial, X509Extension? authority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=example.com", key, HashAlgorithmName.SHA256);
        if (authority is not null)
        {
            request.CertificateExtensions.Add(authority);
        }

        var now = DateTimeOffset.UtcNow;
        return request.Create(
            new X500DistinguishedName("CN=Example CA"), X509SignatureGenerator.CreateForECDsa(key), now, now.AddDays(1), serial);
    }
}
