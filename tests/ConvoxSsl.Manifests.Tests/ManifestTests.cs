using ConvoxSsl.Engine;

namespace ConvoxSsl.Manifests.Tests;

public sealed class ManifestTests
{
    [Fact]
    public void Parse_reads_services_with_domains_and_certificates()
    {
        var services = Read("""
            services:
              web:
                domain: a.example.org, b.example.org,,
                certificate: {id: cert-1, duration: 2160h}
              api:
                domain: [c.example.org, " d.example.org "]
              hook:
                domain: ${HOST:-a,b},www.${HOST}
                certificate:
                  id: ${CERT}
              worker:
              bare: {certificate: , domain: ~}
              7: {}
            """);

        Assert.Equal(["web", "api", "hook", "worker", "bare", "7"], services.Select(s => s.Name));
        Assert.Equal([2, 5, 7, 11, 12, 13], services.Select(s => s.Line));
        Assert.Equal(["a.example.org", "b.example.org"], services[0].Domains);
        Assert.Equal(("cert-1", "2160h"), (services[0].CertificateId, services[0].CertificateDuration));
        Assert.Equal(["c.example.org", "d.example.org"], services[1].Domains);
        Assert.Equal(["${HOST:-a,b}", "www.${HOST}"], services[2].Domains);
        Assert.True(ManifestService.IsInterpolated(services[2].CertificateId!));
        Assert.All(services.Skip(3), s => Assert.Empty(s.Domains));
        Assert.All(services.Skip(3), s => Assert.Null(s.CertificateId));
    }

    [Fact]
    public void Parse_applies_merge_keys_and_aliases()
    {
        var services = Read("""
            x-defaults: &defaults
              domain: shared.example.org
              certificate: &certificate
                id: cert-shared
                duration: 48h
            x-other: &other {domain: other.example.org}
            x-more: &more
              api: *defaults
            services:
              <<: *more
              web:
                <<: [*other, *defaults]
              own:
                certificate:
                  <<: *certificate
                  id: cert-own
                <<: *defaults
            """);

        Assert.Equal(["api", "web", "own"], services.Select(s => s.Name));
        Assert.Equal(("shared.example.org", "cert-shared"), (services[0].Domains[0], services[0].CertificateId));
        Assert.Equal(("other.example.org", "cert-shared"), (services[1].Domains[0], services[1].CertificateId));
        Assert.Equal(("cert-own", "48h"), (services[2].CertificateId, services[2].CertificateDuration));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("---\n")]
    [InlineData("~")]
    [InlineData("environment:\n  - A\n")]
    [InlineData("services:\n")]
    [InlineData("services: {}\n---\nservices: {web: }\n")]
    public void Parse_accepts_a_manifest_without_services(string text) => Assert.Empty(Read(text));

    [Theory]
    [InlineData("just a text", 1, 1, "the document is not a mapping")]
    [InlineData("- web\n- api\n", 1, 1, "the document is not a mapping")]
    [InlineData("services: [web]\n", 1, 11, "'services' is not a mapping")]
    [InlineData("services:\n  web: app\n", 2, 8, "service 'web' is not a mapping")]
    [InlineData("services:\n  web:\n    domain: {a: b}\n", 3, 13, "'domain' of service 'web' is not a text")]
    [InlineData("services:\n  web:\n    domain:\n      - [a]\n", 4, 9, "a domain of service 'web' is not a text")]
    [InlineData("services:\n  web:\n    certificate: cert-1\n", 3, 18, "'certificate' of service 'web' is not a mapping")]
    [InlineData("services:\n  web:\n    certificate:\n      id: [a]\n", 4, 11, "'certificate.id' of service 'web' is not a text")]
    [InlineData("services:\n  [a, b]: {}\n", 2, 3, "the name of a service is not a text")]
    [InlineData("services:\n  web:\n    domain: a\n   port: 1\n", 4, 4, "block mapping")]
    [InlineData("services:\n  web: {domain: a\n", 3, 1, "flow mapping")]
    [InlineData("services:\n  web:\n    domain: 'a\n", 3, 13, "quoted scalar")]
    [InlineData("services:\n\tweb:\n", 1, 1, "tab")]
    [InlineData("services:\n  web: *api\n", 2, 8, "the anchor of '*api' is missing")]
    [InlineData("services: &s\n  web: *s\n", 2, 8, "the anchor of '*s' is missing, or not complete yet")]
    [InlineData("services:\r\n  web: \u0001\r\n", 2, 8, "U+0001")]
    [InlineData("services: {}\nservices: {}\n", 2, 1, "the document has the key 'services' twice, first in line 1")]
    [InlineData("services:\n  web:\n  api:\n  web:\n", 4, 3, "'services' has the key 'web' twice, first in line 2")]
    [InlineData(
        "services:\n  web:\n    domain: a\n    port: 1\n    domain: b\n",
        5,
        5,
        "service 'web' has the key 'domain' twice, first in line 3")]
    [InlineData("services:\n  web:\n    certificate: {id: a, id: b}\n", 3, 26, "'certificate' of service 'web' has the key 'id' twice")]
    public void Invalid_manifest_is_rejected_with_line_and_column(string text, int line, int column, string rule)
    {
        var error = Assert.Throws<InvalidInputException>(() => Read(text));
        Assert.Equal(("InvalidManifest", "app/convox.yml"), (error.Code, error.Value));
        Assert.StartsWith(
            $"'app/convox.yml' is not a valid manifest: line {line}, column {column}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(rule, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unpaired_surrogate_is_rejected() =>
        Assert.Contains(
            "line 1, column 6: it contains the character U+D800",
            Assert.Throws<InvalidInputException>(() => Read("# 😀 \ud800")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Deep_nesting_and_alias_expansion_are_harmless()
    {
        Assert.Equal("InvalidManifest", Assert.Throws<InvalidInputException>(() => Read(new string('[', 500_000))).Code);
        Assert.Equal("InvalidManifest", Assert.Throws<InvalidInputException>(() => Read(new string(' ', 2_000_000))).Code);

        var laughs = "x0: &x0 {a: 1}\n"
            + string.Concat(Enumerable.Range(1, 200).Select(i => $"x{i}: &x{i}\n  <<: [*x{i - 1}, *x{i - 1}, *x{i - 1}]\n"))
            + "services:\n  web:\n    <<: *x200\n";
        Assert.Empty(Assert.Single(Read(laughs)).Domains);
        Assert.Contains("id: cert-1", Manifest.Parse(laughs, "convox.yml").WithCertificate("web", "cert-1"), StringComparison.Ordinal);
    }

    private static IReadOnlyList<ManifestService> Read(string text) => Manifest.Parse(text, "app/convox.yml").Services;
}
