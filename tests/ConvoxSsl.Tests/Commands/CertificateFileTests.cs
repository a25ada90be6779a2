using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests certificates and keys in files as other programs write them.</summary>
public sealed class CertificateFileTests : IDisposable
{
    // 'openssl ec -aes128 -passout pass:right' wrote it.
    private const string OlderKey = """
        -----BEGIN EC PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: AES-128-CBC,0581D71C882E35A9309276C78B0012CF

        EEMkdHQJJaxrgjDR4rQbVWwmH3zg92D/+FielMjp3jV1Cug2PCWTuJO90Hb9gHR9
        PME06opwsuWJuY6Tr+gEeCOHksDB2gM1pvVaGCPQ9JvUlJsqrjX7vCDyeQ+bsvi/
        /ir0x3rrGeWYcmxQcsN2N+/SspJafiXq5kiBkA2lEUE=
        -----END EC PRIVATE KEY-----
        """;

    private readonly HostedPowerShell _powerShell = new();

    public CertificateFileTests()
    {
        _powerShell.Set("folder", Path.GetDirectoryName(_powerShell.RackPath));
        _powerShell.Set("password", new NetworkCredential(string.Empty, "right").SecurePassword);
    }

    public void Dispose() => _powerShell.Dispose();

    [Fact]
    public async Task A_file_with_a_byte_order_mark_joined_blocks_and_an_encrypted_key_is_imported()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = CreateCertificate(key, "CN=www.example.org", DateTimeOffset.UtcNow.AddDays(-1));
        await File.WriteAllTextAsync(_powerShell["all.pem"], Encrypt(key) + certificate.ExportCertificatePem(), Encoding.UTF8);

        var imported = Import(await RunAsync("Import-ConvoxCertificate $folder/all.pem -Password $password"));
        Assert.Equal(("www.example.org", ConvoxCertificateStatus.Ready), (imported.Domain, imported.Status));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-Password ([securestring]::new())")]
    [InlineData("-Password $wrong")]
    public async Task A_missing_or_wrong_password_of_a_key_is_rejected_and_not_shown(string password)
    {
        _powerShell.Set("wrong", new NetworkCredential(string.Empty, "wr0ng-password").SecurePassword);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = CreateCertificate(key, "CN=www.example.org", DateTimeOffset.UtcNow.AddDays(-1));
        await File.WriteAllTextAsync(_powerShell["cert.pem"], certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(_powerShell["key.pem"], Encrypt(key));
        foreach (var command in new[]
        {
            "Import-ConvoxCertificate $folder/cert.pem $folder/key.pem",
            "New-ConvoxCertificate www.example.org -Issuer self-signed -KeyPath $folder/key.pem",
            "New-ConvoxAcmeAccount https://127.0.0.1:9/directory -AcceptTermsOfService -KeyPath $folder/key.pem",
        })
        {
            var run = await RunAsync($"{command} {password}");
            var error = Assert.Single(run.Errors);
            Assert.StartsWith("ConvoxSsl.InvalidPrivateKey,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Contains("password", error.ErrorDetails.RecommendedAction, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("wr0ng", OutputText.Format(run), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_new_certificate_uses_an_encrypted_key()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        await File.WriteAllTextAsync(_powerShell["key.pem"], Encrypt(key));

        var created = Import(await RunAsync(
            "New-ConvoxCertificate www.example.org -Issuer self-signed -KeyPath $folder/key.pem -Password $password"));
        using var certificate = created.ReadCertificate()!;
        Assert.Equal(key.ExportSubjectPublicKeyInfo(), certificate.PublicKey.ExportSubjectPublicKeyInfo());
    }

    [Fact]
    public async Task A_key_in_the_older_format_of_OpenSSL_is_decrypted()
    {
        await File.WriteAllTextAsync(_powerShell["key.pem"], OlderKey);

        var created = Import(await RunAsync(
            "New-ConvoxCertificate www.example.org -Issuer self-signed -KeyPath $folder/key.pem -Password $password"));
        Assert.Equal("EcdsaP256", created.KeyAlgorithm);
    }

    [Fact]
    public async Task A_password_without_a_key_file_is_rejected()
    {
        var error = Assert.Single((await RunAsync("New-ConvoxCertificate www.example.org -Issuer self-signed -Password $password")).Errors);
        Assert.StartsWith("ConvoxSsl.InvalidParameters,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("-KeyPath", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_is_not_valid_yet_is_pending()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = CreateCertificate(key, "CN=www.example.org", DateTimeOffset.UtcNow.AddDays(1));
        await WriteAsync("future.pem", certificate, key);
        var run = await RunAsync("Import-ConvoxCertificate $folder/future.pem");

        var imported = Assert.Single(run.Of<ConvoxCertificate>());
        Assert.Equal(
            (ConvoxCertificateStatus.Pending, $"It is valid only from {imported.NotBefore:u}."), (imported.Status, imported.StatusReason));
        Assert.Contains("is valid only from", Assert.Single(run.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_import_without_its_intermediate_is_a_warning()
    {
        using var issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = CreateIssued(key, issuerKey);
        await WriteAsync("leaf.pem", certificate, key);

        var warning = Assert.Single((await RunAsync("Import-ConvoxCertificate $folder/leaf.pem")).Warnings);
        Assert.Contains("no intermediate certificate", warning, StringComparison.Ordinal);
        Assert.Contains("CN=Test CA", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_import_with_a_wrong_signature_is_a_warning()
    {
        using var issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var otherKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = CreateIssued(key, issuerKey);
        using var other = CreateCertificate(otherKey, "CN=Test CA", DateTimeOffset.UtcNow.AddDays(-1), isAuthority: true);
        await WriteAsync("wrong.pem", certificate, key, other);

        var warning = Assert.Single((await RunAsync("Import-ConvoxCertificate $folder/wrong.pem")).Warnings);
        Assert.Contains("signed with another key", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restoring_an_expired_version_is_a_warning()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var expired = CreateCertificate(key, "CN=www.example.org", DateTimeOffset.UtcNow.AddDays(-60));
        using var valid = CreateCertificate(key, "CN=www.example.org", DateTimeOffset.UtcNow.AddDays(-1));
        await WriteAsync("expired.pem", expired, key);
        await WriteAsync("valid.pem", valid, key);
        var id = Assert.Single((await RunAsync("Import-ConvoxCertificate $folder/expired.pem")).Of<ConvoxCertificate>()).Id;
        Import(await RunAsync($"Import-ConvoxCertificate $folder/valid.pem -Id {id}"));

        var warning = Assert.Single((await RunAsync($"Restore-ConvoxCertificate {id}")).Warnings);
        Assert.Contains($"version 1 of {id} because it expired on", warning, StringComparison.Ordinal);
        Assert.Empty((await RunAsync($"Restore-ConvoxCertificate {id} -Version 2")).Warnings);
    }

    private static ConvoxCertificate Import(PowerShellResult run)
    {
        Assert.Empty(run.Warnings);
        return Assert.Single(run.Succeeded().Of<ConvoxCertificate>());
    }

    private static string Encrypt(ECDsa key) => key.ExportEncryptedPkcs8PrivateKeyPem(
        "right", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 2048));

    // Valid for 30 days.
    private static X509Certificate2 CreateCertificate(ECDsa key, string subject, DateTimeOffset begin, bool isAuthority = false) =>
        Request(key, subject, isAuthority).CreateSelfSigned(begin, begin.AddDays(30));

    private static X509Certificate2 CreateIssued(ECDsa key, ECDsa issuerKey)
    {
        var begin = DateTimeOffset.UtcNow.AddDays(-1);
        return Request(key, "CN=www.example.org", isAuthority: false).Create(
            new X500DistinguishedName("CN=Test CA"), X509SignatureGenerator.CreateForECDsa(issuerKey), begin, begin.AddDays(30), [1, 2, 3]);
    }

    private static CertificateRequest Request(ECDsa key, string subject, bool isAuthority)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        if (!isAuthority)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("www.example.org");
            request.CertificateExtensions.Add(names.Build());
        }

        return request;
    }

    private Task WriteAsync(string file, X509Certificate2 certificate, ECDsa key, X509Certificate2? issuer = null) =>
        File.WriteAllTextAsync(
            _powerShell[file],
            $"{certificate.ExportCertificatePem()}\n{issuer?.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");

    private Task<PowerShellResult> RunAsync(string script) => _powerShell.RunAsync(script, CancellationToken.None);
}
