using System.Runtime.Versioning;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Tests.Issuance.Targets;

[UnsupportedOSPlatform("windows")]
public sealed class TargetChecksTests : TargetTest
{
    [Theory]
    [InlineData("owner", "InvalidOwner")]
    [InlineData("group", "InvalidGroup")]
    [InlineData("mode", "InvalidMode")]
    [InlineData("open mode", "KeyExposed")]
    [InlineData("directory in a device", "InvalidExportPath")]
    [InlineData("device", "InvalidExportPath")]
    [InlineData("kernel directory", "PathNotWritable")]
    [InlineData("service", "UnknownService")]
    [InlineData("command", "CommandNotFound")]
    public async Task A_target_that_cannot_work_is_one_error_and_one_failed_check(string fault, string code)
    {
        var target = Create(fault);
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => Engine.Targets.CheckAsync(target, default));
        Assert.Equal(code, error.Code);

        await Engine.Targets.AddAsync(target, default);
        var failed = (await Engine.Targets.TestAsync(1, default).ToListAsync()).Where(check => !check.Passed).ToList();
        Assert.Equal(["Certificate", target.Reload is null ? "Files" : "Reload"], failed.Select(check => check.Check));
        Assert.Equal(error.Message, failed[1].Detail);
        Assert.False(Directory.Exists(Site));
    }

    [Fact]
    public async Task A_target_that_works_passes_all_checks_after_its_delivery()
    {
        await AddAsync();
        await Engine.Targets.CheckAsync((await Engine.Targets.GetAsync(1, default)).Target, default);
        await DeliverAsync();
        var checks = await Engine.Targets.TestAsync(1, default).ToListAsync();

        Assert.Equal(["Certificate", "Files", "Reload"], checks.Select(check => check.Check));
        Assert.All(checks, check => Assert.True(check.Passed, check.Detail));
        File.SetUnixFileMode(Path.Combine(Site, "privkey.pem"), (UnixFileMode)0b110_100_100);
        var exposed = Assert.Single(await Engine.Targets.TestAsync(1, default).ToListAsync(), check => !check.Passed);
        Assert.Equal("Private key", exposed.Check);
    }

    [Fact]
    public async Task Two_targets_of_a_machine_cannot_write_the_same_file()
    {
        await AddAsync();
        var same = new TargetFiles { Format = "Pem", CertificatePath = Path.Combine(Site, "fullchain.pem"), KeyPath = Home["a.key"] };
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => AddAsync(target => target with { Files = same }));
        Assert.Equal(ErrorCode.TargetPathTaken, error.Code);
        Assert.Equal(2, (await AddAsync(target => target with { Files = same, Machine = "web2" })).Target.Id);
    }

    [Fact]
    public async Task An_id_is_not_found_after_its_removal()
    {
        await AddAsync();
        await Engine.Targets.RemoveAsync(1, default);
        var error = await Assert.ThrowsAsync<EngineException>(() => Engine.Targets.RemoveAsync(1, default));
        Assert.Equal(ErrorCode.TargetNotFound, error.Code);
    }

    private CertificateTarget Create(string fault)
    {
        var files = new TargetFiles { Format = "Pem", Directory = Site };
        files = fault switch
        {
            "owner" => files with { Owner = "no-such-user" },
            "group" => files with { Group = "no-such-group" },
            "mode" => files with { Mode = "rw" },
            "open mode" => files with { Mode = "0644" },
            "directory in a device" => files with { Directory = "/dev/null/site" },
            "kernel directory" => files with { Directory = "/proc/site" },
            "device" => new TargetFiles { Format = "CombinedPem", CertificatePath = "/dev/null" },
            _ => files,
        };
        var reload = fault switch
        {
            "service" => new TargetReload { Service = "no-service" },
            "command" => new TargetReload { Command = "/no/such/program" },
            _ => null,
        };
        return new CertificateTarget { Id = 0, Machine = Machine, Domain = "other.example.org", Files = files, Reload = reload };
    }
}
