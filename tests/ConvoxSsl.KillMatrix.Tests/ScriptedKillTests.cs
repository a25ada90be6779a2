using Xunit.Abstractions;

namespace ConvoxSsl.KillMatrix.Tests;

/// <summary>Kills at every step against the scripted CA, with dns-01.</summary>
public sealed class ScriptedKillTests(ITestOutputHelper output)
{
    [UnixFact]
    public Task The_next_run_finishes_an_issuance_killed_at_any_step() => RunAsync(isRenewal: false);

    [UnixFact]
    public Task A_renewal_that_is_killed_at_any_step_is_finished_by_the_next_run() => RunAsync(isRenewal: true);

    private async Task RunAsync(bool isRenewal)
    {
        await using var world = await ScriptedWorld.StartAsync();
        await using var matrix = new Matrix(world, isRenewal, output);
        var points = await matrix.ListAsync();
        await matrix.RunAsync($"Kill matrix, {(isRenewal ? "renewal" : "issuance")} at the scripted CA with dns-01", "Kill", points);
        Assert.Equal(points.Count + 1, world.Ca.Accounts.Count);
    }
}
