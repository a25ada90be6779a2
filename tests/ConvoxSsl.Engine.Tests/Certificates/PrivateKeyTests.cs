using System.Security.Cryptography;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Tests.Certificates;

public sealed class PrivateKeyTests
{
    [Theory]
    [InlineData(KeyAlgorithm.EcdsaP256)]
    [InlineData(KeyAlgorithm.EcdsaP384)]
    [InlineData(KeyAlgorithm.Rsa2048)]
    [InlineData(KeyAlgorithm.Rsa3072)]
    public void A_key_round_trips_through_PEM(KeyAlgorithm algorithm)
    {
        using var key = PrivateKey.Generate(algorithm);
        using var parsed = PrivateKey.FromPem(key.ToPem());
        Assert.Equal(algorithm, parsed.Algorithm);
        Assert.Equal(key.ToPem(), parsed.ToPem());
    }

    [Fact]
    public void SEC1_and_PKCS1_keys_are_parsed()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var fromSec1 = PrivateKey.FromPem(ecdsa.ExportECPrivateKeyPem());
        Assert.Equal(KeyAlgorithm.EcdsaP384, fromSec1.Algorithm);

        using var rsa = RSA.Create(2048);
        using var fromPkcs1 = PrivateKey.FromPem(rsa.ExportRSAPrivateKeyPem());
        Assert.Equal(KeyAlgorithm.Rsa2048, fromPkcs1.Algorithm);
    }

    [Fact]
    public void Two_keys_in_one_text_are_rejected()
    {
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        var error = Assert.Throws<InvalidInputException>(() => PrivateKey.FromPem(key.ToPem() + key.ToPem()));
        Assert.Equal("InvalidPrivateKey", error.Code);
        Assert.Contains("2 private keys", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "InvalidPrivateKey")]
    [InlineData("rubbish", "InvalidPrivateKey")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "InvalidPrivateKey")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n", "InvalidPem")]
    [InlineData("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", "InvalidPrivateKey")]
    public void Text_without_a_usable_key_is_rejected(string pem, string code) =>
        Assert.Equal(code, Assert.Throws<InvalidInputException>(() => PrivateKey.FromPem(pem)).Code);

    [Fact]
    public void A_weak_key_is_rejected_with_the_supported_ones()
    {
        using var rsa = RSA.Create(1024);
        var error = Assert.Throws<InvalidInputException>(() => PrivateKey.FromPem(rsa.ExportPkcs8PrivateKeyPem()));
        Assert.Contains("1024", error.Message, StringComparison.Ordinal);
        Assert.Contains("RSA 2048", error.Remedy?.Text, StringComparison.Ordinal);
    }
}
