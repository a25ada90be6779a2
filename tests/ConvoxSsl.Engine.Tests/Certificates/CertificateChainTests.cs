using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Tests.Certificates;

public sealed class CertificateChainTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    [Fact]
    public void FromPem_sorts_the_chain()
    {
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        var (leaf, intermediate, root) = Issue(key);
        using var chain = CertificateChain.FromPem(root + leaf + intermediate, key);
        Assert.Equal(leaf + intermediate + root, chain.FullPem());
        Assert.Equal(leaf, chain.LeafPem());
        Assert.Equal(intermediate + root, chain.IssuersPem());
        Assert.Empty(chain.Unrelated);
    }

    [Fact]
    public void Without_a_key_the_leaf_is_the_certificate_that_issued_no_other()
    {
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        var (leaf, intermediate, root) = Issue(key);
        using var chain = CertificateChain.FromPem(intermediate + root + leaf);
        Assert.Equal(leaf, chain.LeafPem());
    }

    [Fact]
    public void Unrelated_certificates_are_omitted_and_reported()
    {
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        using var otherKey = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        using var other = SelfSignedCertificate.Create(otherKey, CertificateNameSet.Parse(["other.example"]), Now, TimeSpan.FromDays(1));
        var (leaf, intermediate, _) = Issue(key);
        using var chain = CertificateChain.FromPem(leaf + other.FullPem() + intermediate, key);
        Assert.Equal(leaf + intermediate, chain.FullPem());
        Assert.Equal(["CN=other.example"], chain.Unrelated);
    }

    [Fact]
    public void A_key_of_another_certificate_is_rejected()
    {
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        using var other = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        var error = Assert.Throws<InvalidInputException>(() => CertificateChain.FromPem(Issue(key).Leaf, other));
        Assert.Equal("KeyMismatch", error.Code);
    }

    [Theory]
    [InlineData(KeyAlgorithm.EcdsaP256)]
    [InlineData(KeyAlgorithm.EcdsaP384)]
    [InlineData(KeyAlgorithm.Rsa2048)]
    public void A_self_signed_certificate_is_a_TLS_server_certificate_with_all_names(KeyAlgorithm algorithm)
    {
        using var key = PrivateKey.Generate(algorithm);
        using var chain = SelfSignedCertificate.Create(
            key, CertificateNameSet.Parse(["*.example.org", "example.org", "192.0.2.1"]), Now, SelfSignedCertificate.DefaultLifetime);
        Assert.Equal(["*.example.org", "example.org", "192.0.2.1"], chain.LeafNames());
        Assert.Equal("CN=*.example.org", chain.Leaf.Subject);
        Assert.Equal(Now.AddDays(365).ToUnixTimeSeconds(), new DateTimeOffset(chain.Leaf.NotAfter).ToUnixTimeSeconds());
        var usages = Assert.Single(chain.Leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>()).EnhancedKeyUsages;
        Assert.Equal("1.3.6.1.5.5.7.3.1", Assert.Single(usages.Cast<Oid>()).Value);
        Assert.True(key.Matches(chain.Leaf));
    }

    [Fact]
    public void A_PFX_round_trips_chain_and_key()
    {
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        var (leaf, intermediate, root) = Issue(key);
        using var chain = CertificateChain.FromPem(leaf + intermediate + root, key);
        var (parsed, againKey) = Pfx.Read(Pfx.Write(chain, key, "pä55"), "pä55");
        using (parsed)
        using (againKey)
        {
            Assert.Equal(chain.FullPem(), parsed.FullPem());
            Assert.Equal(key.ToPem(), againKey.ToPem());
        }
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("")]
    public void A_wrong_PFX_password_is_rejected_without_showing_the_right_one(string password)
    {
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        using var chain = CertificateChain.FromPem(Issue(key).Leaf, key);
        var data = Pfx.Write(chain, key, "right-password");
        var error = Assert.Throws<InvalidInputException>(() => Pfx.Read(data, password));
        Assert.Equal("InvalidPfx", error.Code);
        Assert.DoesNotContain("right-password", error.ToString(), StringComparison.Ordinal);
    }

    private static (string Leaf, string Intermediate, string Root) Issue(PrivateKey key)
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var intermediateKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var root = Authority("CN=Root", rootKey).CreateSelfSigned(Now.AddDays(-1), Now.AddDays(30));
        using var intermediate = Authority("CN=Intermediate", intermediateKey)
            .Create(root, Now.AddDays(-1), Now.AddDays(29), [1]).CopyWithPrivateKey(intermediateKey);
        using var leafKey = ECDsa.Create();
        leafKey.ImportFromPem(key.ToPem());
        using var leaf = new CertificateRequest("CN=leaf.example", leafKey, HashAlgorithmName.SHA256)
            .Create(intermediate, Now.AddDays(-1), Now.AddDays(28), [2]);
        return (ToPem(leaf), ToPem(intermediate), ToPem(root));
    }

    private static CertificateRequest Authority(string subject, ECDsa key)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request;
    }

    private static string ToPem(X509Certificate2 certificate) => certificate.ExportCertificatePem() + "\n";
}
