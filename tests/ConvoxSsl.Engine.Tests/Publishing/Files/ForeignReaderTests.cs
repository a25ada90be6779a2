using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Publishing.Files;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Engine.Tests.Publishing.Files;

/// <summary>Other programs read what is written: OpenSSL, Java, NSS and .NET.</summary>
public sealed partial class ForeignReaderTests : IDisposable
{
    private const string Password = "päss word";

    // With a null and an empty password, as Java programs have it.
    private const string JavaReader = """
        import java.io.*;
        import java.security.*;

        public class Reader {
            public static void main(String[] files) throws Exception {
                for (String file : files) {
                    for (char[] password : new char[][] { null, new char[0] }) {
                        KeyStore store = KeyStore.getInstance("PKCS12");
                        try (InputStream input = new FileInputStream(file)) { store.load(input, password); }
                        String alias = store.aliases().nextElement();
                        System.out.println(store.size() + " " + alias + " " + store.getKey(alias, password).getAlgorithm() + " "
                            + store.getCertificateChain(alias).length);
                    }
                }
            }
        }
        """;

    private readonly TemporaryDirectory _home = new();
    private readonly CertificateWithKey _ecdsa = IssuedCertificate.Create();
    private readonly CertificateWithKey _rsa = IssuedCertificate.Create(KeyAlgorithm.Rsa2048);

    public void Dispose()
    {
        _ecdsa.Dispose();
        _rsa.Dispose();
        _home.Dispose();
    }

    [Fact]
    public async Task DotNet_opens_archives()
    {
        foreach (var (file, password) in await WriteArchivesAsync())
        {
            foreach (var text in password.Length == 0 ? new[] { null, string.Empty } : [password])
            {
                var certificates = X509CertificateLoader.LoadPkcs12CollectionFromFile(file, text);
                Assert.Equal((3, 1), (certificates.Count, certificates.Count(c => c.HasPrivateKey)));
            }
        }
    }

    [InstalledFact("openssl", "openssl")]
    public async Task OpenSsl_reads_every_format()
    {
        foreach (var (file, password) in await WriteArchivesAsync())
        {
            var text = await InstalledProgram.RunAsync("openssl", "pkcs12", "-in", file, "-passin", $"pass:{password}", "-nodes");
            Assert.Equal(3, Regex.Count(text, "BEGIN CERTIFICATE"));
            Assert.Equal(1, Regex.Count(text, "BEGIN PRIVATE KEY"));
            Assert.Equal(2, Regex.Count(text, $"friendlyName: {Regex.Escape(IssuedCertificate.Name)}"));
            Assert.Single(LocalKeyId().Matches(text).Select(match => match.Value).Distinct());
            Assert.Equal(2, LocalKeyId().Count(text));
        }

        var bundle = await WriteAsync(_ecdsa, CertificateFileFormat.Pkcs7, "site.p7b");
        Assert.Equal(3, Regex.Count(await InstalledProgram.RunAsync("openssl", "pkcs7", "-in", bundle, "-print_certs"), "subject="));
        var der = await WriteAsync(_ecdsa, CertificateFileFormat.Der, "site.der");
        var subject = await InstalledProgram.RunAsync("openssl", "x509", "-inform", "der", "-in", der, "-noout", "-subject");
        Assert.Contains(IssuedCertificate.Name, subject, StringComparison.Ordinal);
        var combined = await WriteAsync(_rsa, CertificateFileFormat.CombinedPem, "site.pem");
        await InstalledProgram.RunAsync("openssl", "pkey", "-in", combined, "-noout");
        await InstalledProgram.RunAsync("openssl", "x509", "-in", combined, "-noout");
    }

    [InstalledFact("javac", "openjdk-17-jdk-headless")]
    public async Task Java_opens_archives_without_a_password()
    {
        await File.WriteAllTextAsync(_home["Reader.java"], JavaReader);
        var files = (await WriteArchivesAsync()).Where(archive => archive.Password.Length == 0).Select(archive => archive.File);
        var lines = (await InstalledProgram.RunAsync("java", ["-XX:TieredStopAtLevel=1", _home["Reader.java"], .. files]))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(
            Enumerable.Repeat("EC", 4).Concat(Enumerable.Repeat("RSA", 4)).Select(key => $"1 {IssuedCertificate.Name} {key} 3"),
            lines.Select(line => line.Trim()));
    }

    [InstalledFact("keytool", "openjdk-17-jre-headless")]
    public async Task Keytool_lists_archives_with_a_password()
    {
        var file = await WriteAsync(_rsa, CertificateFileFormat.Pfx, "one.pfx", "password");
        var text = await InstalledProgram.RunAsync("keytool", "-list", "-v", "-keystore", file, "-storepass", "password");

        Assert.Contains($"Alias name: {IssuedCertificate.Name}", text, StringComparison.Ordinal);
        Assert.Contains("Certificate chain length: 3", text, StringComparison.Ordinal);
        Assert.Contains("PrivateKeyEntry", text, StringComparison.Ordinal);
    }

    [InstalledFact("pk12util", "libnss3-tools")]
    public async Task Nss_imports_archives()
    {
        foreach (var (file, password) in await WriteArchivesAsync())
        {
            var database = $"sql:{_home[Path.GetFileName(file) + ".nss"]}";
            Directory.CreateDirectory(database[4..]);
            await InstalledProgram.RunAsync("certutil", "-N", "-d", database, "--empty-password");
            await InstalledProgram.RunAsync("pk12util", "-i", file, "-d", database, "-W", password);

            var certificates = await InstalledProgram.RunAsync("certutil", "-L", "-d", database);
            Assert.Matches($@"(?m)^{Regex.Escape(IssuedCertificate.Name)}\s+u,u,u", certificates);
            Assert.Equal(3, Regex.Count(certificates, @"(?m)\S,\S?,|,,\s*$|u,u,u"));
        }
    }

    private async Task<IReadOnlyList<(string File, string Password)>> WriteArchivesAsync()
    {
        var archives = new List<(string File, string Password)>();
        foreach (var (name, material) in new[] { ("ecdsa", _ecdsa), ("rsa", _rsa) })
        {
            foreach (var format in new[] { CertificateFileFormat.Pfx, CertificateFileFormat.LegacyPfx })
            {
                foreach (var password in new[] { string.Empty, Password })
                {
                    var file = $"{name}-{format}-{(password.Length == 0 ? "open" : "locked")}.pfx";
                    archives.Add((await WriteAsync(material, format, file, password), password));
                }
            }
        }

        return archives;
    }

    private async Task<string> WriteAsync(
        CertificateWithKey material, CertificateFileFormat format, string name, string password = "")
    {
        var set = CertificateFileSet.InFile(format, _home[name]);
        var files = await CertificateFileWriter.WriteAsync(
            material, set, new CertificateFileOptions(), password.AsMemory(), CancellationToken.None);
        return Assert.Single(files).Path;
    }

    [GeneratedRegex("localKeyID: [0-9A-F ]+")]
    private static partial Regex LocalKeyId();
}
