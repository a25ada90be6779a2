using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Tests.Certificates;

public sealed class SigningRequestTests
{
    [Theory]
    [InlineData(KeyAlgorithm.EcdsaP256)]
    [InlineData(KeyAlgorithm.EcdsaP384)]
    [InlineData(KeyAlgorithm.Rsa2048)]
    public void A_request_contains_only_its_names(KeyAlgorithm algorithm)
    {
        using var key = PrivateKey.Generate(algorithm);
        var request = SigningRequest.Create(key, CertificateNameSet.Parse(["example.org", "*.example.org", "2001:db8::1"]));
        var parsed = SigningRequest.FromPem(ToPem(request));
        Assert.Equal(["example.org", "*.example.org", "2001:db8::1"], parsed.Names.Select(n => n.Value));
        Assert.Equal(request.PublicKey.ToArray(), parsed.PublicKey.ToArray());

        var decoded = Decode(request);
        Assert.Equal("CN=example.org", decoded.SubjectName.Name);
        Assert.Equal("2.5.29.17", Assert.Single(decoded.CertificateExtensions).Oid?.Value);
    }

    [Theory]
    [InlineData("192.0.2.1", false)]
    [InlineData("a123456789a123456789a123456789a123456789a123456789.a1234567890.org", false)]
    [InlineData("example.org", true)]
    public void The_subject_is_empty_for_addresses_and_long_names_and_on_request(string name, bool emptySubject)
    {
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        Assert.Empty(Decode(SigningRequest.Create(key, CertificateNameSet.Parse([name]), emptySubject)).SubjectName.Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n")]
    public void FromPem_NotARequest_Throws(string pem) =>
        Assert.Equal("InvalidSigningRequest", Assert.Throws<InvalidInputException>(() => SigningRequest.FromPem(pem)).Code);

    [Fact]
    public void A_request_without_alternative_names_is_rejected()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = new CertificateRequest("CN=example.org", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
        var error = Assert.Throws<InvalidInputException>(() => SigningRequest.FromPem(pem));
        Assert.Contains("subject alternative names", error.Message, StringComparison.Ordinal);
    }

    private static CertificateRequest Decode(SigningRequest request) => CertificateRequest.LoadSigningRequest(
        request.Der.ToArray(), HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);

    private static string ToPem(SigningRequest request) =>
        PemEncoding.WriteString("CERTIFICATE REQUEST", request.Der.Span);
}
