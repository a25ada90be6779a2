using System.Security.Cryptography;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Tests.Certificates;

public sealed class KeyFaultTests : IDisposable
{
    private readonly PrivateKey _key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
    private readonly CertificateChain _chain;

    public KeyFaultTests() => _chain = SelfSignedCertificate.Create(
        _key, CertificateNameSet.Parse(["www.example.org"]), DateTimeOffset.UtcNow, TimeSpan.FromDays(1));

    public void Dispose()
    {
        _chain.Dispose();
        _key.Dispose();
    }

    [Fact]
    public void The_key_of_the_certificate_has_no_fault()
    {
        Assert.Null(KeyFault.Find(_key.ToPem(), _chain));
        Assert.Null(KeyFault.Find($"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n{_key.ToPem()}", _chain));
    }

    [Fact]
    public void A_key_that_servers_cannot_use_is_a_fault()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var parameters = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);

        Assert.Equal("its private key belongs to another certificate", KeyFault.Find(other.ExportPkcs8PrivateKeyPem(), _chain));
        Assert.Equal("its private key is encrypted", KeyFault.Find(other.ExportEncryptedPkcs8PrivateKeyPem("secret", parameters), _chain));
        Assert.Equal("its private key is corrupt", KeyFault.Find(_key.ToPem().Replace("MI", "XX", StringComparison.Ordinal), _chain));
        Assert.Equal("its private key is corrupt", KeyFault.Find(_key.ToPem()[..80], _chain));
        Assert.Equal("its private key is not in PEM format", KeyFault.Find("none", _chain));
        Assert.Equal("its private key is not in PEM format", KeyFault.Find(_chain.FullPem(), _chain));
        Assert.Equal(
            "its private key is in the format of OpenSSH",
            KeyFault.Find("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n", _chain));
    }

    [Fact]
    public void A_key_of_a_type_that_only_servers_accept_is_no_fault()
    {
        const string Ed25519 =
            "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP521);
        using var rsa = RSA.Create(1024);

        Assert.Null(KeyFault.Find(Ed25519, _chain));
        Assert.Null(KeyFault.Find(curve.ExportPkcs8PrivateKeyPem(), _chain));
        Assert.Null(KeyFault.Find(rsa.ExportPkcs8PrivateKeyPem(), _chain));
    }
}
