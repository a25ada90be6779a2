using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Tests.Publishing.Files;

/// <summary>Creates certificates with a chain of an intermediate and a root.</summary>
internal static class IssuedCertificate
{
    public const string Name = "www.example.org";

    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    public static CertificateWithKey Create(KeyAlgorithm algorithm = KeyAlgorithm.EcdsaP256)
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var intermediateKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var root = CreateAuthority("CN=Test Root", rootKey).CreateSelfSigned(Now.AddDays(-1), Now.AddDays(30));
        using var intermediate = CreateAuthority("CN=Test Intermediate", intermediateKey)
            .Create(root, Now.AddDays(-1), Now.AddDays(29), [1]).CopyWithPrivateKey(intermediateKey);
        var key = PrivateKey.Generate(algorithm);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Name);
        var subject = new X500DistinguishedName($"CN={Name}");
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest(
            subject, new PublicKey(key.Key), HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        var generator = X509SignatureGenerator.CreateForECDsa(intermediateKey);
        using var leaf = request.Create(
            intermediate.SubjectName, generator, Now.AddDays(-1), Now.AddDays(28), RandomNumberGenerator.GetBytes(8));
        var pem = string.Concat(new[] { leaf, intermediate, root }.Select(c => c.ExportCertificatePem() + "\n"));
        return new CertificateWithKey(CertificateChain.FromPem(pem, key), key);
    }

    private static System.Security.Cryptography.X509Certificates.CertificateRequest CreateAuthority(string subject, ECDsa key)
    {
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request;
    }
}
