using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ConvoxSsl.TestKit.Endpoints;

/// <summary>A CA with a root and an intermediate certificate.</summary>
public sealed class TestAuthority : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private readonly ECDsa _rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly DateTimeOffset _now = DateTimeOffset.UtcNow;

    /// <param name="intermediateExpires">The end of the intermediate certificate's validity period; by default in a year.</param>
    public TestAuthority(DateTimeOffset? intermediateExpires = null)
    {
        Root = CreateAuthority("CN=Endpoint Root", _rootKey).CreateSelfSigned(_now.AddYears(-2), _now.AddYears(2));
        using var intermediate = CreateAuthority("CN=Endpoint Intermediate", _key)
            .Create(Root, _now.AddYears(-1), intermediateExpires ?? _now.AddYears(1), RandomNumberGenerator.GetBytes(8));
        Intermediate = intermediate.CopyWithPrivateKey(_key);
    }

    /// <summary>The root.</summary>
    public X509Certificate2 Root { get; }

    /// <summary>The issuer of the leaves.</summary>
    public X509Certificate2 Intermediate { get; }

    /// <summary>Issues a certificate with its key, in a form that TLS accepts on every system.</summary>
    /// <param name="names">The names and addresses.</param>
    /// <param name="notBefore">The start of the validity period; by default an hour ago.</param>
    /// <param name="notAfter">The end of the validity period; by default 90 days after its start.</param>
    public X509Certificate2 Issue(
        IReadOnlyList<string> names, DateTimeOffset? notBefore = null, DateTimeOffset? notAfter = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = CreateRequest(names, key);
        var start = notBefore ?? _now.AddHours(-1);
        using var leaf = request.Create(Intermediate, start, notAfter ?? start.AddDays(90), RandomNumberGenerator.GetBytes(8));
        return AddKey(leaf, key);
    }

    /// <summary>Creates a self-signed certificate with its key.</summary>
    public static X509Certificate2 IssueSelfSigned(params IReadOnlyList<string> names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow;
        using var certificate = CreateRequest(names, key).CreateSelfSigned(now.AddDays(-1), now.AddDays(90));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), password: null, X509KeyStorageFlags.Exportable);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Root.Dispose();
        Intermediate.Dispose();
        _rootKey.Dispose();
        _key.Dispose();
    }

    private static X509Certificate2 AddKey(X509Certificate2 certificate, ECDsa key)
    {
        using var whole = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pfx), password: null, X509KeyStorageFlags.Exportable);
    }

    private static CertificateRequest CreateRequest(IReadOnlyList<string> names, ECDsa key)
    {
        var request = new CertificateRequest($"CN={names[0]}", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        return request;
    }

    private static CertificateRequest CreateAuthority(string subject, ECDsa key)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }
}
