using ConvoxSsl.Engine;
using ConvoxSsl.TestKit;
using Xunit.Abstractions;

namespace ConvoxSsl.KillMatrix.Tests;

/// <summary>The product's engine on a real file system that is full or read-only.</summary>
public sealed class MountedDiskTests(ITestOutputHelper output)
{
    // From too few blocks for the lock file to more than an issuance needs.
    private const int MostBlocks = 24;

    [MountTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_disk_that_is_full_at_any_size_causes_no_damage(bool isRenewal)
    {
        await using var servers = await ScriptedServers.StartAsync();
        await using var matrix = new Matrix(servers, isRenewal, output);
        var failures = 0;
        for (var blocks = 0; blocks <= MostBlocks; blocks++)
        {
            failures += await RunAsync(matrix, servers, $"blocks{blocks}", disk => disk.FillAsync(blocks), disk =>
            {
                disk.Empty();
                return Task.CompletedTask;
            }) ? 1 : 0;
        }

        Assert.InRange(failures, 5, MostBlocks);
        matrix.WriteLine(
            $"Disk matrix, {(isRenewal ? "renewal" : "issuance")} on a real tmpfs: {MostBlocks + 1} amounts of free space, {failures} "
                + "runs met a full disk");
    }

    [MountTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_disk_mounted_read_only_is_one_error_and_causes_no_damage(bool isRenewal)
    {
        await using var servers = await ScriptedServers.StartAsync();
        await using var matrix = new Matrix(servers, isRenewal, output);
        Assert.True(await RunAsync(matrix, servers, "read-only", disk => disk.RemountAsync("ro"), disk => disk.RemountAsync("rw")));
        Assert.Equal(isRenewal ? 2 : 1, servers.Ca.Orders.Count);
        matrix.WriteLine($"Disk matrix, {(isRenewal ? "renewal" : "issuance")} on a real tmpfs that is read-only: one run");
    }

    /// <returns>True if the run on the faulty disk failed.</returns>
    private static async Task<bool> RunAsync(
        Matrix matrix, ScriptedServers servers, string name, Func<MountedDisk, Task> harm, Func<MountedDisk, Task> heal)
    {
        using var home = new TemporaryDirectory();
        await using var disk = await MountedDisk.MountAsync(home["rack"]);
        var matrixCase = await matrix.PrepareAsync(home.Path, name);
        await harm(disk);
        var failure = await Record.ExceptionAsync(() => servers.RunAgainAsync(matrixCase));
        Assert.True(failure is null or IOException or EngineException or UnauthorizedAccessException, $"{failure}");
        RackFiles.AssertWhole(matrixCase);

        await heal(disk);
        await matrix.AssertOutcomeAsync(matrixCase);
        return failure is not null;
    }
}
