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
    public void What_can_not_be_proved_so_is_refused_with_the_name(string name, string? type, string code)
    {
        var refused = Assert.Throws<InvalidInputException>(() => _solvers.For(CertificateName.Parse(name), new ChallengeSettings { Type = type }));
        Assert.Equal(code, refused.Code);
        Assert.Equal(name, refused.Value);
    }

    [Theory]
    [InlineData(0, null, "InvalidPort")]
    [InlineData(65536, null, "InvalidPort")]
    [InlineData(80, "localhost", "InvalidHttpAddress")]
    public void Settings_that_no_listener_could_use_are_refused(int port, string? address, string code)
    {
        var refused = Assert.Throws<InvalidInputException>(() =>
            _solvers.For(CertificateName.Parse("www.example.org"), new ChallengeSettings { HttpPort = port, HttpAddress = address }));
        Assert.Equal(code, refused.Code);
    }

    [Fact]
    public void One_endpoint_has_one_listener()
    {
        var (one, two) = (CertificateName.Parse("one.example.org"), CertificateName.Parse("two.example.org"));
        Assert.Same(_solvers.For(one, new ChallengeSettings()), _solvers.For(two, new ChallengeSettings()));
        Assert.NotSame(_solvers.For(one, new ChallengeSettings()), _solvers.For(one, new ChallengeSettings { HttpPort = 8080 }));
    }

    [Fact]
    public async Task A_web_root_gets_files_and_is_left_as_it_was()
    {
        using var home = new TemporaryDirectory();
        await File.WriteAllTextAsync(home["index.html"], "hello");
        var solver = _solvers.For(CertificateName.Parse("www.example.org"), new ChallengeSettings { WebRoot = home.Path });
        var response = new KeyAuthorization("http-01", "www.example.org", "token", "token.thumbprint");
        await solver.PresentAsync([response], default);
        Assert.Equal("token.thumbprint"u8.ToArray(), await File.ReadAllBytesAsync(Path.Combine(home.Path, ".well-known", "acme-challenge", "token")));

        await solver.CleanUpAsync([response], default);
        await solver.CleanUpAsync([response], default);
        Assert.Equal(["index.html"], Directory.GetFileSystemEntries(home.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void A_web_root_must_exist() => Assert.Equal(
        "InvalidWebRoot",
        Assert.Throws<InvalidInputException>(() => _solvers.For(CertificateName.Parse("www.example.org"), new ChallengeSettings { WebRoot = "/nowhere/at/all" })).Code);
}
