using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Engine.Tests.Challenges;

public sealed class Http01WebRootTests : IDisposable
{
    private readonly TemporaryDirectory _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public async Task Concurrent_orders_keep_the_shared_challenge_folder()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(order => Task.Run(async () =>
        {
            var solver = new Http01WebRoot(_root.Path);
            for (var i = 0; i < 50; i++)
            {
                var response = new KeyAuthorization(
                    ChallengeTypes.Http01, "one.example.org", $"token-{order}-{i}", $"token-{order}-{i}.thumbprint");
                await solver.PresentAsync([response], CancellationToken.None);
                Assert.Equal(
                    response.Value, await File.ReadAllTextAsync(Path.Combine(_root.Path, ".well-known", "acme-challenge", response.Token)));
                await solver.CleanUpAsync([response], CancellationToken.None);
            }
        })));

        Assert.Empty(Directory.GetFileSystemEntries(_root.Path));
    }

    [Fact]
    public async Task Foreign_files_and_their_folders_are_kept()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_root.Path, ".well-known", "acme-challenge")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "other"), "theirs");
        var solver = new Http01WebRoot(_root.Path);
        var response = new KeyAuthorization(ChallengeTypes.Http01, "one.example.org", "mine", "mine.thumbprint");
        await solver.PresentAsync([response], CancellationToken.None);
        await solver.CleanUpAsync([response], CancellationToken.None);

        Assert.Equal("theirs", await File.ReadAllTextAsync(Path.Combine(folder, "other")));
        Assert.Single(Directory.GetFiles(folder));
    }

    [Fact]
    public async Task CleanUp_of_an_unpublished_challenge_succeeds()
    {
        var solver = new Http01WebRoot(_root.Path);
        await solver.CleanUpAsync(
            [new KeyAuthorization(ChallengeTypes.Http01, "one.example.org", "never", "never.thumbprint")], CancellationToken.None);

        Assert.Empty(Directory.GetFileSystemEntries(_root.Path));
    }
}
