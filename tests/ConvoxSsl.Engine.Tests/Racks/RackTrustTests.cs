using System.Diagnostics;
using ConvoxSsl.Engine.Dns.Providers.Scripts;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Racks.Local;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Engine.Tests.Racks;

/// <summary>Racks that other users can change.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class RackTrustTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Shared = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;
    private const string OtherUser = "65534";

    private readonly TemporaryDirectory _home = new();

    private string Parent => _home["parent"];

    private string Root => _home["parent/rack"];

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("", UnixFileMode.GroupWrite)]
    [InlineData("", UnixFileMode.OtherWrite)]
    [InlineData("", UnixFileMode.OtherWrite | UnixFileMode.StickyBit)]
    [InlineData("certificates", UnixFileMode.GroupWrite)]
    [InlineData("certificates", UnixFileMode.OtherWrite)]
    [InlineData("secrets", UnixFileMode.GroupWrite)]
    [InlineData("accounts", UnixFileMode.OtherWrite)]
    [InlineData("solvers.json", UnixFileMode.GroupWrite)]
    [InlineData("solvers.json", UnixFileMode.OtherWrite)]
    [InlineData("webhook.json", UnixFileMode.OtherWrite)]
    public async Task A_rack_that_others_can_write_to_is_refused(string name, UnixFileMode mode)
    {
        var path = await CreateAsync(name);
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | mode);
        if (mode == UnixFileMode.GroupWrite && !await TryChangeGroupAsync(path))
        {
            return;
        }

        var error = await AssertRefusedAsync(Root);

        Assert.Contains($"other users can write to '{path}'", error.Message, StringComparison.Ordinal);
        Assert.Contains($"chmod go-w {path}", error.Remedy?.Text, StringComparison.Ordinal);
        await RunAsync("chmod", "go-w", path);
        Assert.NotEmpty(await NewRack(Root).DnsSolvers.ListAsync(default));
    }

    [Theory]
    [InlineData("")]
    [InlineData("certificates")]
    [InlineData("secrets")]
    [InlineData("solvers.json")]
    public async Task A_rack_of_another_user_is_refused(string name)
    {
        var path = await CreateAsync(name);
        if (!await TryGiveAwayAsync(path))
        {
            return;
        }

        var error = await AssertRefusedAsync(Root);

        Assert.Contains($"'{path}' belongs to the user with the id {OtherUser}", error.Message, StringComparison.Ordinal);
        Assert.Contains($"chown -R 0 {path}", error.Remedy?.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_parent_that_others_can_write_to_is_refused_unless_it_is_sticky()
    {
        await CreateAsync(string.Empty);
        File.SetUnixFileMode(Parent, OwnerOnly | UnixFileMode.OtherWrite);

        var error = await AssertRefusedAsync(Root);
        Assert.Contains($"other users can write to '{Parent}'", error.Message, StringComparison.Ordinal);
        await AssertRefusedAsync(Path.Combine(Parent, "missing", "rack"));

        File.SetUnixFileMode(Parent, OwnerOnly | UnixFileMode.OtherWrite | UnixFileMode.StickyBit);
        Assert.True(await ExistsAsync(Root));
    }

    [Fact]
    public async Task A_parent_of_another_user_is_refused()
    {
        await CreateAsync(string.Empty);
        if (await TryGiveAwayAsync(Parent))
        {
            var error = await AssertRefusedAsync(Root);
            Assert.Contains($"'{Parent}' belongs to the user", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("certificates")]
    [InlineData("solvers.json")]
    public async Task A_rack_and_its_parents_may_be_writable_by_the_private_group_of_the_user_only(string name)
    {
        var path = Path.GetFullPath(await CreateAsync(name));
        if (!Environment.IsPrivilegedProcess)
        {
            // Others need not have a private group.
            return;
        }

        File.SetUnixFileMode(path, Shared);
        Assert.True(await ExistsAsync(Root));

        await TryChangeGroupAsync(path);
        await AssertRefusedAsync(Root);
    }

    [Fact]
    public async Task Links_are_followed_to_the_directories_that_matter()
    {
        await CreateAsync(string.Empty);
        var link = _home["link"];
        Directory.CreateSymbolicLink(link, "parent/rack/");
        Assert.True(await ExistsAsync(link));
        Assert.True(await ExistsAsync(link + "/"));

        File.SetUnixFileMode(Parent, OwnerOnly | UnixFileMode.OtherWrite);
        await AssertRefusedAsync(link);

        File.SetUnixFileMode(Parent, OwnerOnly);
        Directory.CreateSymbolicLink(_home["loop"], "loop");
        await Assert.ThrowsAnyAsync<Exception>(() => NewRack(_home["loop"]).PrepareAsync(default));
        if (await TryGiveAwayAsync(link))
        {
            Assert.Contains($"'{link}' belongs to", (await AssertRefusedAsync(link)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_rack_at_the_root_of_a_volume_is_moved_into_a_private_directory()
    {
        await CreateVolumeAsync();

        Assert.Equal(7, Assert.Single(await NewRack(Root).DnsSolvers.ListAsync(default)).Id);

        Assert.Equal(["rack"], Directory.GetFileSystemEntries(Parent).Select(Path.GetFileName));
        foreach (var path in Directory.EnumerateFileSystemEntries(Root, "*", SearchOption.AllDirectories).Prepend(Root))
        {
            Assert.Equal((UnixFileMode)0, File.GetUnixFileMode(path) & ~OwnerOnly & ~UnixFileMode.SetGroup);
        }
    }

    [Fact]
    public async Task An_interrupted_move_is_continued()
    {
        await CreateVolumeAsync();
        Directory.CreateDirectory(_home["parent/.rack.unfinished"], OwnerOnly);
        Directory.Move(_home["parent/secrets"], _home["parent/.rack.unfinished/secrets"]);
        File.Move(_home["parent/rack.json"], _home["parent/.rack.unfinished/rack.json"]);

        await NewRack(Root).PrepareAsync(default);

        Assert.Equal(["rack"], Directory.GetFileSystemEntries(Parent).Select(Path.GetFileName));
        Assert.Equal(7, Assert.Single(await NewRack(Root).DnsSolvers.ListAsync(default)).Id);
    }

    [Fact]
    public async Task Files_of_other_users_are_not_moved()
    {
        await CreateVolumeAsync();
        if (await TryGiveAwayAsync(_home["parent/solvers.json"]))
        {
            await AssertRefusedAsync(Root);
            Assert.False(Directory.Exists(Root));
        }
    }

    [Fact]
    public async Task A_directory_named_rack_in_an_ordinary_rack_is_another_rack()
    {
        await NewRack(Parent).PrepareAsync(default);

        await NewRack(Root).PrepareAsync(default);

        Assert.True(File.Exists(_home["parent/rack.json"]));
        Assert.True(File.Exists(_home["parent/rack/rack.json"]));
    }

    // An earlier version's rack at the root of a volume, to which Kubernetes has given the group access.
    private async Task CreateVolumeAsync()
    {
        await AddSolverAsync(NewRack(Parent));
        await RunAsync("chmod", "-R", "g+rwX", Parent);
        await RunAsync("chmod", "g+s", Parent);
    }

    // Returns the full path of an entry of the rack.
    private async Task<string> CreateAsync(string name)
    {
        Directory.CreateDirectory(Parent, OwnerOnly);
        await AddSolverAsync(NewRack(Root));
        await File.WriteAllTextAsync(Path.Combine(Root, "webhook.json"), "{}");
        return Path.TrimEndingDirectorySeparator(Path.Combine(Root, name));
    }

    private static async Task AddSolverAsync(LocalRack rack)
    {
        await rack.PrepareAsync(default);
        await rack.DnsSolvers.SaveAsync(
            new DnsSolver { Id = 7, DnsZones = ["example.org"], Settings = new ScriptSettings("1", "2") },
            null,
            default);
    }

    private static LocalRack NewRack(string path) => new("local", path, TestDnsProviders.All);

    private static async Task<bool> ExistsAsync(string path)
    {
        await NewRack(path).RequireReadableAsync(default);
        return (await NewRack(path).DnsSolvers.ListAsync(default)).Count > 0;
    }

    private static async Task<EngineException> AssertRefusedAsync(string path)
    {
        var rack = NewRack(path);
        var error = await Assert.ThrowsAsync<EngineException>(() => rack.PrepareAsync(default));
        Assert.Equal((ErrorCode.RackNotTrusted, EngineErrorKind.Denied), (error.Code, error.Kind));
        foreach (var attempt in new Func<Task>[]
        {
            () => rack.RequireReadableAsync(default),
            () => rack.DnsSolvers.ListAsync(default),
            () => rack.Certificates.ListAsync(null, default).ToListAsync().AsTask(),
            () => rack.Accounts.ListAsync(null, default).ToListAsync().AsTask(),
        })
        {
            Assert.Equal(ErrorCode.RackNotTrusted, (await Assert.ThrowsAsync<EngineException>(attempt)).Code);
        }

        return error;
    }

    // Only root can do that.
    private static async Task<bool> TryGiveAwayAsync(string path)
    {
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", "-h", OtherUser, path);
        }

        return Environment.IsPrivilegedProcess;
    }

    // Only root can give a file to a group that it is not a member of.
    private static async Task<bool> TryChangeGroupAsync(string path)
    {
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chgrp", OtherUser, path);
        }

        return Environment.IsPrivilegedProcess;
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
