using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ConvoxSsl.Tests.Examples;

/// <summary>The files of the examples, in their directory.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
internal static class ExampleFiles
{
    public const string Password = "password of site.pfx";

    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const string Manifest = """
        services:
          web:
            domain: www.example.org
            port: 3000
          api:
            domain: api.example.org
            port: 3000
          worker:
            build: .

        """;

    // The crontab, next to the program.
    private const string Crontab = """
        #!/bin/sh
        case "$1" in
          -l) [ -f "$0.tab" ] || { echo "no crontab for me" >&2; exit 1; }; cat "$0.tab" ;;
          -r) rm "$0.tab" ;;
          -) cat > "$0.tab" ;;
        esac

        """;

    // All services exist, but no scheduler of the user.
    private const string Systemctl = """
        #!/bin/sh
        case "$*" in
          show*) echo LoadState=loaded ;;
          *reload-or-restart*|*restart*) ;;
          *) exit 1 ;;
        esac

        """;

    /// <summary>Writes all files.</summary>
    public static void Write(string folder, ExampleServers servers)
    {
        Directory.CreateDirectory(folder);
        WriteCertificates(folder);
        File.WriteAllText(Path.Combine(folder, "convox.yml"), Manifest);
        File.WriteAllText(Path.Combine(folder, "names.csv"), "Domain\nc.example.org\nd.example.org\n");
        File.Copy(servers.Ca.RootFile, Path.Combine(folder, "ca-root.pem"));
        servers.Cluster.WriteKubeConfig(Path.Combine(folder, "kubeconfig"), contextName: "staging");
    }

    /// <summary>Writes programs that replace those of the machine.</summary>
    public static void WritePrograms(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var (name, text) in new[]
        {
            ("crontab", Crontab), ("pwsh", "#!/bin/sh\n"), ("systemctl", Systemctl), ("postfix", "#!/bin/sh\n"),
        })
        {
            File.WriteAllText(Path.Combine(folder, name), text);
            File.SetUnixFileMode(Path.Combine(folder, name), Executable);
        }
    }

    private static void WriteCertificates(string folder)
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow;
        var rootRequest = new CertificateRequest("CN=A root of the examples", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        using var root = rootRequest.CreateSelfSigned(now.AddDays(-2), now.AddDays(400));
        var request = new CertificateRequest("CN=www.example.org", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("www.example.org");
        request.CertificateExtensions.Add(names.Build());
        using var leaf = request.Create(root, now.AddDays(-1), now.AddDays(90), [1, 2, 3, 4]);
        using var whole = leaf.CopyWithPrivateKey(key);
        File.WriteAllText(Path.Combine(folder, "site.pem"), leaf.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "site.key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(folder, "chain.pem"), root.ExportCertificatePem());
        File.WriteAllBytes(Path.Combine(folder, "site.pfx"), whole.Export(X509ContentType.Pkcs12, Password));
        File.WriteAllText(Path.Combine(folder, "request.csr"), request.CreateSigningRequestPem());
    }
}
