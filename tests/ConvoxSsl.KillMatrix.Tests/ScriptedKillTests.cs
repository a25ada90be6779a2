using Xunit.Abstractions;

namespace ConvoxSsl.KillMatrix.Tests;

/// <summary>Kills at every step against the scripted CA, with dns-01.</summary>
public sealed class ScriptedKillTests(ITestOutputHelper output)
{
    [UnixFact]
    public Task The_next_run_finishes_an_issuance_killed_at_any_step() => RunAsync(isRenewal: false);

    [UnixFact]
    public Task The_next_run_finishes_a_renewal_killed_at_any_step() => RunAsync(isRenewal: true);

    private async Task RunAsync(bool isRenewal)
    {
        await using var servers = await ScriptedServers.StartAsync();
        await using var matrix = new Matrix(servers, isRenewal, output);
        var points = await matrix.ListAsync();
        await matrix.RunAsync($"Kill matrix, {(isRenewal ? "renewal" : "issuance")} at the scripted CA with dns-01", "Kill", points);
        Assert.Equal(points.Count + 1, servers.Ca.Accounts.Count);
    }
}
