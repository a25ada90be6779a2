using System.Text;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Racks.Local;
using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Bench.World;

/// <summary>Racks with many certificates, each as the engine stores one; none is due.</summary>
internal static class FilledRack
{
    private const string FirstId = "cert-0000000000000000000000000000000000000000";

    /// <summary>Creates a certificate with its key.</summary>
    public static CertificateWithKey Material(string name)
    {
        var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        return new CertificateWithKey(
            SelfSignedCertificate.Create(key, CertificateNameSet.Parse([name]), DateTimeOffset.UtcNow, TimeSpan.FromDays(90)), key);
    }

    /// <summary>Creates the record of the certificate.</summary>
    public static CertificateRecord Record(string id) => new()
    {
        Id = id,
        Domains = ["www.bench0.example"],
        Issuer = "https://ca.example/directory",
        Generated = true,
        Settings = new IssuanceSettings { DirectoryUrl = new Uri("https://ca.example/directory") },
    };

    /// <summary>Fills a directory: the engine writes the first certificate, and the others are copies with their own ids.</summary>
    public static async Task FillAsync(string path, int count, CancellationToken ct)
    {
        var rack = new LocalRack("bench", path, []);
        await rack.PrepareAsync(ct);
        using var material = Material("www.bench0.example");
        var now = DateTimeOffset.UtcNow;
        await rack.Certificates.AddVersionAsync(Record(FirstId), material, now, now + TimeSpan.FromDays(60), 3, ct);
        var first = Path.Combine(path, "certificates", FirstId);
        Parallel.For(1, count, i => Copy(first, Path.Combine(path, "certificates", Id(i)), Id(i)));
    }

    /// <summary>Fills the namespace of a Convox rack with the Secrets of certificates.</summary>
    public static async Task FillAsync(ScriptedKubernetesServer server, string rack, int count, CancellationToken ct)
    {
        var space = $"{rack}-system";
        await server.EnsureNamespaceAsync(space, ct, new Dictionary<string, string> { ["system"] = "convox", ["rack"] = rack });
        using var material = Material("www.bench0.example");
        var (chain, key) = (Base64(material.Chain.FullPem()), Base64(material.Key!.ToPem()));
        await server.CreateManyAsync(Enumerable.Range(0, count).Select(i => Secret(space, Id(i), rack, chain, key)), ct);
    }

    private static JsonObject Secret(string space, string name, string rack, string chain, string key) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Secret",
        ["metadata"] = new JsonObject
        {
            ["namespace"] = space,
            ["name"] = name,
            ["labels"] = new JsonObject { ["system"] = "convox", ["rack"] = rack, ["type"] = "certificate" },
        },
        ["type"] = "kubernetes.io/tls",
        ["data"] = new JsonObject { ["tls.crt"] = chain, ["tls.key"] = key },
    };

    private static string Id(int number) => $"cert-{number:x40}";

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    // Recreate the link instead of following it, because its target is copied separately.
    private static void Copy(string from, string to, string id)
    {
        var all = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (var file in Directory.EnumerateFiles(from, "*", all))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (Path.GetFileName(file) == "certificate.json")
            {
                File.WriteAllText(target, File.ReadAllText(file).Replace(FirstId, id, StringComparison.Ordinal));
            }
            else
            {
                File.Copy(file, target);
            }
        }

        if (new FileInfo(Path.Combine(from, "live")).LinkTarget is { } version)
        {
            Directory.CreateSymbolicLink(Path.Combine(to, "live"), version);
        }
    }
}
