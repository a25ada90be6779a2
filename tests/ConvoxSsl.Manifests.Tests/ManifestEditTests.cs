using ConvoxSsl.Engine;

namespace ConvoxSsl.Manifests.Tests;

public sealed class ManifestEditTests
{
    public static TheoryData<string> Names => [.. ManifestCases.All.Select(c => c.Name)];

    public static TheoryData<string> Restored => [.. ManifestCases.All.Where(c => c.RemovalRestores).Select(c => c.Name)];

    [Fact]
    public void Targets_have_unique_names()
    {
        Assert.True(ManifestCases.All.Count >= 50, $"{ManifestCases.All.Count} manifests.");
        Assert.Equal(ManifestCases.All.Count, ManifestCases.All.DistinctBy(c => c.Name).Count());
        Assert.True(Restored.Count >= 40, $"{Restored.Count} that a removal restores.");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Edit_changes_only_the_needed_lines(string name)
    {
        var manifestCase = Case(name);
        var manifest = Manifest.Parse(manifestCase.Before, "convox.yml");
        if (manifestCase.After is null)
        {
            var error = Assert.Throws<EngineException>(() => Edit(manifest, manifestCase));
            Assert.Equal(("ManifestNotEditable", EngineErrorKind.InvalidState), (error.Code, error.Kind));
            Assert.Contains($"'{manifestCase.Service}'", error.Message, StringComparison.Ordinal);
            return;
        }

        var after = Edit(manifest, manifestCase);
        Assert.Equal(manifestCase.After, after);

        // Repeating the edit changes nothing.
        Assert.Same(after, Edit(Manifest.Parse(after, "convox.yml"), manifestCase));
    }

    [Theory]
    [MemberData(nameof(Restored))]
    public void Removing_a_set_certificate_restores_the_manifest(string name)
    {
        var manifestCase = Case(name);
        Assert.Equal(manifestCase.Before, Manifest.Parse(manifestCase.After!, "convox.yml").WithoutCertificate(manifestCase.Service));
    }

    [Theory]
    [InlineData("")]
    [InlineData("cert new")]
    [InlineData("-cert")]
    [InlineData("cert\n")]
    [InlineData("${ID}")]
    public void Invalid_id_is_rejected(string id)
    {
        var manifest = Manifest.Parse("services:\n  web:\n    port: 1\n", "convox.yml");
        Assert.Equal("InvalidCertificateId", Assert.Throws<InvalidInputException>(() => manifest.WithCertificate("web", id)).Code);
    }

    [Fact]
    public void Unknown_service_is_rejected_with_the_existing_ones()
    {
        var manifest = Manifest.Parse("services:\n  web:\n  api:\n", "convox.yml");
        var error = Assert.Throws<InvalidInputException>(() => manifest.WithCertificate("wbe", "cert-1"));
        Assert.Equal(("ServiceNotFound", "Cannot find service 'wbe' in 'convox.yml'."), (error.Code, error.Message));
        Assert.Equal("Did you mean 'web'? Its services are web, api.", error.Remedy!.Text);
        Assert.Equal(
            "ServiceNotFound", Assert.Throws<InvalidInputException>(() => Manifest.Parse("", "convox.yml").WithoutCertificate("web")).Code);
    }

    private static ManifestCase Case(string name) => ManifestCases.All.Single(c => c.Name == name);

    private static string Edit(Manifest manifest, ManifestCase given) =>
        given.Id is null ? manifest.WithoutCertificate(given.Service) : manifest.WithCertificate(given.Service, given.Id);
}
