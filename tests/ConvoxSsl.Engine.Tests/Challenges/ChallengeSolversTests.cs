using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Engine.Tests.Challenges;

public sealed class ChallengeSolversTests : IAsyncLifetime
{
    private readonly ChallengeSolvers _solvers = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _solvers.DisposeAsync();

    [Theory]
    [InlineData("*.example.org", null, "WildcardNeedsDns")]
    [InlineData("*.example.org", ChallengeTypes.Http01, "WildcardNeedsDns")]
    [InlineData("*.example.org", ChallengeTypes.TlsAlpn01, "WildcardNeedsDns")]
    [InlineData("www.example.org", ChallengeTypes.Dns01, "NoDnsSolver")]
    public void Names_that_cannot_be_validated_as_requested_are_rejected(string name, string? type, string code)
    {
        var error =
            Assert.Throws<InvalidInputException>(() => _solvers.For(CertificateName.Parse(name), new ChallengeSettings { Type = type }));
        Assert.Equal(code, error.Code);
        Assert.Equal(name, error.Value);
    }

    [Theory]
    [InlineData(0, null, "InvalidPort")]
    [InlineData(65536, null, "InvalidPort")]
    [InlineData(80, "localhost", "InvalidHttpAddress")]
    public void Invalid_listener_settings_are_rejected(int port, string? address, string code)
    {
        var error = Assert.Throws<InvalidInputException>(() =>
            _solvers.For(CertificateName.Parse("www.example.org"), new ChallengeSettings { HttpPort = port, HttpAddress = address }));
        Assert.Equal(code, error.Code);
    }

    [Fact]
    public void Solvers_share_one_listener_per_endpoint()
    {
        var (one, two) = (CertificateName.Parse("one.example.org"), CertificateName.Parse("two.example.org"));
        Assert.Same(_solvers.For(one, new ChallengeSettings()), _solvers.For(two, new ChallengeSettings()));
        Assert.NotSame(_solvers.For(one, new ChallengeSettings()), _solvers.For(one, new ChallengeSettings { HttpPort = 8080 }));
    }

    [Fact]
    public async Task Web_root_files_are_removed_after_validation()
    {
        using var home = new TemporaryDirectory();
        await File.WriteAllTextAsync(home["index.html"], "hello");
        var solver = _solvers.For(CertificateName.Parse("www.example.org"), new ChallengeSettings { WebRoot = home.Path });
        var response = new KeyAuthorization("http-01", "www.example.org", "token", "token.thumbprint") { Location = solver.GetPlace() };
        await solver.PresentAsync([response], default);
        Assert.Equal(
            "token.thumbprint"u8.ToArray(),
            await File.ReadAllBytesAsync(Path.Combine(home.Path, ".well-known", "acme-challenge", "token")));

        await solver.CleanUpAsync([response], default);
        await solver.CleanUpAsync([response], default);
        Assert.Equal(["index.html"], Directory.GetFileSystemEntries(home.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void A_missing_web_root_is_rejected() => Assert.Equal(
        "InvalidWebRoot",
        Assert.Throws<InvalidInputException>(() =>
            _solvers.For(CertificateName.Parse("www.example.org"), new ChallengeSettings { WebRoot = "/nowhere/at/all" })).Code);
}
