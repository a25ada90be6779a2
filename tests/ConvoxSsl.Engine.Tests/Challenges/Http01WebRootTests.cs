using System.Diagnostics;
using System.Runtime.InteropServices;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Engine.Tests.Challenges;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class Http01WebRootTests : IDisposable
{
    private const UnixFileMode ReadableFile = (UnixFileMode)0b110_100_100;
    private const UnixFileMode ReadableDirectory = (UnixFileMode)0b111_101_101;

    private readonly TemporaryDirectory _root = new();

    private string WellKnown => Path.Combine(_root.Path, ".well-known");

    private string Folder => Path.Combine(WellKnown, "acme-challenge");

    public void Dispose() => _root.Dispose();

    [Fact]
    public async Task Concurrent_orders_keep_the_shared_challenge_folder()
    {
        var solver = new Http01WebRoot(_root.Path);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(order => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
            {
                var response = new KeyAuthorization(
                    ChallengeTypes.Http01, "one.example.org", $"token-{order}-{i}", $"token-{order}-{i}.thumbprint")
                {
                    Location = solver.GetPlace(),
                };
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

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Only_directories_that_publishing_created_are_removed(bool hasWellKnown, bool hasFolder)
    {
        var solver = new Http01WebRoot(_root.Path);
        Directory.CreateDirectory(hasFolder ? Folder : hasWellKnown ? WellKnown : _root.Path);
        var response = Response(solver);
        await solver.PresentAsync([response], CancellationToken.None);
        await new Http01WebRoot(_root.Path).CleanUpAsync([response], CancellationToken.None);

        Assert.Equal((hasWellKnown, hasFolder), (Directory.Exists(WellKnown), Directory.Exists(Folder)));
    }

    [Fact]
    public async Task The_web_server_can_read_files_and_directories_despite_a_strict_umask()
    {
        var solver = new Http01WebRoot(_root.Path);
        var before = SetMask(0b000_111_111);
        try
        {
            await solver.PresentAsync([Response(solver)], CancellationToken.None);
        }
        finally
        {
            _ = SetMask(before);
        }

        Assert.Equal(ReadableDirectory, File.GetUnixFileMode(WellKnown));
        Assert.Equal(ReadableDirectory, File.GetUnixFileMode(Folder));
        Assert.Equal(ReadableFile, File.GetUnixFileMode(Path.Combine(Folder, "token")));
    }

    [Fact]
    public async Task A_link_or_another_file_with_the_name_of_the_token_is_kept_and_not_written_through()
    {
        var solver = new Http01WebRoot(_root.Path);
        Directory.CreateDirectory(Folder);
        var target = Path.Combine(_root.Path, "target");
        await File.WriteAllTextAsync(target, "precious");
        File.CreateSymbolicLink(Path.Combine(Folder, "token"), target);
        var error = await Assert.ThrowsAsync<EngineException>(() => solver.PresentAsync([Response(solver)], CancellationToken.None));
        await solver.CleanUpAsync([Response(solver)], CancellationToken.None);

        Assert.Equal("WebRootNotWritable", error.Code);
        Assert.Equal("precious", await File.ReadAllTextAsync(target));
        Assert.Equal(target, new FileInfo(Path.Combine(Folder, "token")).LinkTarget);
    }

    [Fact]
    public async Task A_part_of_the_response_from_a_killed_run_is_replaced()
    {
        var solver = new Http01WebRoot(_root.Path);
        Directory.CreateDirectory(Folder);
        await File.WriteAllTextAsync(Path.Combine(Folder, "token"), "token.thu");
        await solver.PresentAsync([Response(solver)], CancellationToken.None);

        Assert.Equal("token.thumbprint", await File.ReadAllTextAsync(Path.Combine(Folder, "token")));
    }

    [Fact]
    public async Task An_own_link_in_place_of_the_challenge_folder_is_followed_and_kept()
    {
        var solver = new Http01WebRoot(_root.Path);
        var elsewhere = Directory.CreateDirectory(Path.Combine(_root.Path, "elsewhere")).FullName;
        Directory.CreateDirectory(WellKnown);
        Directory.CreateSymbolicLink(Folder, elsewhere);
        var response = Response(solver);
        await solver.PresentAsync([response], CancellationToken.None);
        Assert.Equal("token.thumbprint", await File.ReadAllTextAsync(Path.Combine(elsewhere, "token")));
        await solver.CleanUpAsync([response], CancellationToken.None);

        Assert.Empty(Directory.GetFileSystemEntries(elsewhere));
        Assert.Equal(elsewhere, new FileInfo(Folder).LinkTarget);
    }

    [Fact]
    public async Task A_link_of_another_user_is_not_followed()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            // Only root can give a link away.
            return;
        }

        var solver = new Http01WebRoot(_root.Path);
        var elsewhere = Directory.CreateDirectory(Path.Combine(_root.Path, "elsewhere")).FullName;
        Directory.CreateSymbolicLink(WellKnown, elsewhere);
        using (var change = Process.Start("chown", ["-h", "65534", WellKnown]))
        {
            await change.WaitForExitAsync();
            Assert.Equal(0, change.ExitCode);
        }

        var error = await Assert.ThrowsAsync<EngineException>(() => solver.PresentAsync([Response(solver)], CancellationToken.None));

        Assert.Equal(ErrorCode.WebRootNotWritable, error.Code);
        Assert.Contains("belongs to another user", error.Message, StringComparison.Ordinal);
        Assert.Contains($"chown -h 0 {WellKnown}", error.Remedy?.Text, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(elsewhere));
    }

    private static KeyAuthorization Response(Http01WebRoot solver) =>
        new(ChallengeTypes.Http01, "one.example.org", "token", "token.thumbprint") { Location = solver.GetPlace() };

    [DllImport("libc", EntryPoint = "umask")]
    private static extern uint SetMask(uint mask);
}
