using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Kubernetes.Tests.Stores;

/// <summary>A leaf certificate with its key and issuer, in PEM.</summary>
internal sealed record TestChain(string Leaf, string Issuer, string Key)
{
    public string Full => Leaf + Issuer;

    public CertificateWithKey ToMaterial() => new(CertificateChain.FromPem(Full), PrivateKey.FromPem(Key));

    public string Thumbprint
    {
        get
        {
            using var leaf = X509Certificate2.CreateFromPem(Leaf);
            return leaf.Thumbprint;
        }
    }

    /// <param name="name">The subject alternative name; empty for a common name only.</param>
    /// <param name="commonName">The common name.</param>
    /// <param name="algorithm">The algorithm of the leaf's key.</param>
    public static TestChain Create(string? name, string? commonName, KeyAlgorithm algorithm)
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest("CN=Test Root", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        rootRequest.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(rootRequest.PublicKey, false));
        using var root = rootRequest.CreateSelfSigned(ConvoxSecrets.Now.AddDays(-100), ConvoxSecrets.Now.AddDays(1000));

        using var rsa = algorithm == KeyAlgorithm.Rsa2048 ? RSA.Create(2048) : null;
        using var ecdsa = rsa is null ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : null;
        var subject = commonName is null ? string.Empty : $"CN={commonName}";
        var request = rsa is not null
            ? new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject, ecdsa!, HashAlgorithmName.SHA256);
        if (name is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(name);
            request.CertificateExtensions.Add(names.Build());
        }

        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(root, true, false));
        using var leaf = request.Create(
            root.SubjectName,
            X509SignatureGenerator.CreateForECDsa(rootKey),
            ConvoxSecrets.Now.AddDays(-1),
            ConvoxSecrets.Now.AddDays(89),
            RandomNumberGenerator.GetBytes(16));
        return new TestChain(
            leaf.ExportCertificatePem() + "\n",
            root.ExportCertificatePem() + "\n",
            (rsa?.ExportPkcs8PrivateKeyPem() ?? ecdsa!.ExportPkcs8PrivateKeyPem()) + "\n");
    }
}
