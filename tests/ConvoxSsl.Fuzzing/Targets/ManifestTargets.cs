using System.Text;
using ConvoxSsl.Engine;
using ConvoxSsl.Fuzzing.Mutations;
using ConvoxSsl.Manifests;

namespace ConvoxSsl.Fuzzing.Targets;

/// <summary>Fuzz targets that read and edit a convox.yml.</summary>
internal static class ManifestTargets
{
    private const string Blocks = """
        # app
        environment:
          - HOST
        x-base: &base
          certificate: {id: cert-base, duration: 48h}
        services:
          web:
            domain: ${HOST},www.example.org # all
            command: |+
              run

            certificate:
              # ours
              id: 'cert-1'
              duration: 2160h
          api:
            <<: *base
            domain:
            - api.example.org
          worker: &worker
          other: {domain: "o.example.org", port: , scale: [1, 2]}
        timers: {}
        """;

    private const string Flow =
        """{"services": {"web": {"domain": "a.example.org", "certificate": {"id": "cert-1"}}, api: {port: 80}, bare, empty: }}""";

    public static IEnumerable<FuzzTarget> All() =>
    [
        new(
            "manifest",
            new ByteMutator(
                "\n",
                "\r\n",
                "\n  ",
                "\n      ",
                "\t",
                ": ",
                " #",
                "- ",
                "? ",
                "{",
                "}",
                "[",
                "]",
                ", ",
                "\"",
                "'",
                "|",
                "|+\n",
                ">-\n",
                "&a ",
                "*a",
                "<<: *base",
                "!!str ",
                "---\n",
                "...\n",
                "%YAML 1.1\n",
                "${",
                "services:",
                "certificate:",
                "id: x",
                "domain:",
                "null",
                "~",
                "\u00ef\u00bb\u00bf",
                "\u00ff\u00fe",
                "\u00c2\u0085",
                "\u00e2\u0080\u00a8"),
            [Encoding.UTF8.GetBytes(Blocks), Encoding.UTF8.GetBytes(Flow), Encoding.UTF8.GetBytes(Blocks.ReplaceLineEndings("\r\n")),
            [
                0xff,
                0xfe,
                .. Encoding.Unicode.GetBytes(Flow),
            ]],
            (input, _) =>
            {
                EditAll(ManifestFile.Decode("convox.yml", input).Manifest);
                return Task.CompletedTask;
            },
            20),
    ];

    private static void EditAll(Manifest manifest)
    {
        foreach (var service in manifest.Services.Take(3))
        {
            _ = service.Name.Length + service.Domains.Sum(d => d.Length);
            Edit(manifest, service, m => m.WithCertificate(service.Name, "cert-2"), "cert-2");
            Edit(manifest, service, m => m.WithoutCertificate(service.Name), null);
        }
    }

    private static void Edit(Manifest manifest, ManifestService service, Func<Manifest, string> edit, string? id)
    {
        string text;
        try
        {
            text = edit(manifest);
        }
        catch (EngineException e) when (FuzzTarget.IsRejection(e))
        {
            return;
        }

        var edited = Manifest.Parse(text, "convox.yml");
        if (edited.Get(service.Name).CertificateId != id
            || edited.Services.Where(s => s.Name != service.Name).Any(s => s.CertificateId != manifest.Get(s.Name).CertificateId))
        {
            throw new InvalidOperationException($"The edit of '{service.Name}' gave another manifest:\n{text}");
        }
    }
}
