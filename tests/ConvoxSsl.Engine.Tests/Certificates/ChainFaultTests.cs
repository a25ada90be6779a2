using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Tests.Certificates;

public sealed class ChainFaultTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ECDsa _ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly ECDsa _leaf = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose()
    {
        _rsa.Dispose();
        _ecdsa.Dispose();
        _leaf.Dispose();
    }

    [Fact]
    public void A_chain_signed_with_RSA_PSS_and_ECDSA_has_no_fault()
    {
        var root = X509SignatureGenerator.CreateForRSA(_rsa, RSASignaturePadding.Pss);
        var issuer = X509SignatureGenerator.CreateForECDsa(_ecdsa);
        using var chain = CreateChain(
            Create("CN=Leaf", new PublicKey(_leaf), "CN=Issuer", issuer, isAuthority: false),
            Create("CN=Issuer", new PublicKey(_ecdsa), "CN=Root", root, isAuthority: true),
            Create("CN=Root", new PublicKey(_rsa), "CN=Root", root, isAuthority: true));

        Assert.Equal(3, chain.Certificates.Count);
        Assert.Null(ChainFault.Find(chain));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_signature_with_another_key_is_a_fault(bool usesPss)
    {
        using var other = RSA.Create(2048);
        var padding = usesPss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
        using var chain = CreateChain(
            Create("CN=Leaf", new PublicKey(_leaf), "CN=Issuer", X509SignatureGenerator.CreateForRSA(other, padding), isAuthority: false),
            Create("CN=Issuer", new PublicKey(_rsa), "CN=Issuer", X509SignatureGenerator.CreateForRSA(_rsa, padding), isAuthority: true));

        Assert.Contains("'CN=Leaf' was signed with another key", ChainFault.Find(chain), StringComparison.Ordinal);
    }

    [Fact]
    public void An_issuer_with_the_same_name_and_another_key_identifier_is_a_fault()
    {
        var leaf = Create(
            "CN=Leaf", new PublicKey(_leaf), "CN=Issuer", X509SignatureGenerator.CreateForECDsa(_ecdsa), isAuthority: false, _ecdsa);
        var rsa = X509SignatureGenerator.CreateForRSA(_rsa, RSASignaturePadding.Pkcs1);
        using var chain = CreateChain(leaf, Create("CN=Issuer", new PublicKey(_rsa), "CN=Root", rsa, isAuthority: true));

        Assert.Contains("another key than that of 'CN=Issuer'", ChainFault.Find(chain), StringComparison.Ordinal);
    }

    [Fact]
    public void An_issuer_that_is_not_a_CA_is_a_fault()
    {
        var signer = X509SignatureGenerator.CreateForECDsa(_ecdsa);
        using var chain = CreateChain(
            Create("CN=Leaf", new PublicKey(_leaf), "CN=Issuer", signer, isAuthority: false),
            Create("CN=Issuer", new PublicKey(_ecdsa), "CN=Root", signer, isAuthority: false));

        Assert.Contains("'CN=Issuer' in its chain is not a CA certificate", ChainFault.Find(chain), StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_longer_than_its_limit_is_a_fault()
    {
        var signer = X509SignatureGenerator.CreateForECDsa(_ecdsa);
        using var chain = CreateChain(
            Create("CN=Leaf", new PublicKey(_leaf), "CN=Second", signer, isAuthority: false),
            Create("CN=Second", new PublicKey(_ecdsa), "CN=First", signer, isAuthority: true, pathLength: 0),
            Create("CN=First", new PublicKey(_ecdsa), "CN=Root", signer, isAuthority: true, pathLength: 0));

        Assert.Contains("'CN=First' in its chain must not issue", ChainFault.Find(chain), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_issuers_with_the_same_name_the_one_that_signed_is_chosen()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signer = X509SignatureGenerator.CreateForECDsa(_ecdsa);
        var right = Create("CN=Issuer", new PublicKey(_ecdsa), "CN=Root", signer, isAuthority: true);
        using var chain = CreateChain(
            Create("CN=Leaf", new PublicKey(_leaf), "CN=Issuer", signer, isAuthority: false),
            Create("CN=Issuer", new PublicKey(other), "CN=Root", signer, isAuthority: true),
            right);

        Assert.Equal(right.SerialNumber, chain.Certificates[1].SerialNumber);
        Assert.Null(ChainFault.Find(chain));
    }

    private static CertificateChain CreateChain(params X509Certificate2[] certificates) =>
        CertificateChain.FromPem(string.Join('\n', certificates.Select(c => c.ExportCertificatePem())));

    private static X509Certificate2 Create(
        string subject,
        PublicKey key,
        string issuer,
        X509SignatureGenerator signer,
        bool isAuthority,
        ECDsa? authorityKey = null,
        int? pathLength = null)
    {
        var request = new CertificateRequest(new X500DistinguishedName(subject), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, pathLength is not null, pathLength ?? 0, true));
        if (isAuthority)
        {
            request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(key, critical: false));
        }

        if (authorityKey is not null)
        {
            request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(
                new X509SubjectKeyIdentifierExtension(new PublicKey(authorityKey), critical: false)));
        }

        return request.Create(
            new X500DistinguishedName(issuer), signer, Now.AddDays(-1), Now.AddDays(30), RandomNumberGenerator.GetBytes(8));
    }
}
