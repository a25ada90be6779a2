using ConvoxSsl.Engine;

namespace ConvoxSsl.Manifests.Tests;

public sealed class ManifestEditTests
{
    public static TheoryData<string> Names => [.. ManifestCases.All.Select(c => c.Name)];

    public static TheoryData<string> Restored => [.. ManifestCases.All.Where(c => c.RemovalRestores).Select(c => c.Name)];

    [Fact]
    public void There_are_many_and_each_has_its_own_name()
    {
        Assert.True(ManifestCases.All.Count >= 50, $"{ManifestCases.All.Count} manifests.");
        Assert.Equal(ManifestCases.All.Count, ManifestCases.All.DistinctBy(c => c.Name).Count());
        Assert.True(Restored.Count >= 40, $"{Restored.Count} that a removal restores.");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Only_the_needed_lines_change(string name)
    {
        var given = Case(name);
        var manifest = Manifest.Parse(given.Before, "convox.yml");
        if (given.After is null)
        {
            var refused = Assert.Throws<EngineException>(() => Edit(manifest, given));
            Assert.Equal(("ManifestNotEditable", EngineErrorKind.InvalidState), (refused.Code, refused.Kind));
            Assert.Contains($"'{given.Service}'", refused.Message, StringComparison.Ordinal);
            return;
        }

        var after = Edit(manifest, given);
        Assert.Equal(given.After, after);

        // What is so already stays as it is.
        Assert.Same(after, Edit(Manifest.Parse(after, "convox.yml"), given));
    }

    [Theory]
    [MemberData(nameof(Restored))]
    public void A_certificate_that_was_set_is_removed_without_a_trace(string name)
    {
        var given = Case(name);
        Assert.Equal(given.Before, Manifest.Parse(given.After!, "convox.yml").WithoutCertificate(given.Service));
    }

    [Theory]
    [InlineData("")]
    [InlineData("cert new")]
    [InlineData("-cert")]
    [InlineData("cert\n")]
    [InlineData("${ID}")]
    public void An_id_that_is_none_is_refused(string id)
    {
        var manifest = Manifest.Parse("services:\n  web:\n    port: 1\n", "convox.yml");
        Assert.Equal("InvalidCertificateId", Assert.Throws<InvalidInputException>(() => manifest.WithCertificate("web", id)).Code);
    }

    [Fact]
    public void A_service_that_is_not_there_is_refused_with_those_that_are()
    {
        var manifest = Manifest.Parse("services:\n  web:\n  api:\n", "convox.yml");
        var refused = Assert.Throws<InvalidInputException>(() => manifest.WithCertificate("wbe", "cert-1"));
        Assert.Equal(("ServiceNotFound", "Cannot find service 'wbe' in 'convox.yml'."), (refused.Code, refused.Message));
        Assert.Equal("Its services are web, api.", refused.Remedy!.Text);
        Assert.Equal("ServiceNotFound", Assert.Throws<InvalidInputException>(() => Manifest.Parse("", "convox.yml").WithoutCertificate("web")).Code);
    }

    private static ManifestCase Case(string name) => ManifestCases.All.Single(c => c.Name == name);

    private static string Edit(Manifest manifest, ManifestCase given) =>
        given.Id is null ? manifest.WithoutCertificate(given.Service) : manifest.WithCertificate(given.Service, given.Id);
}
