using ConvoxSsl.TestKit.Pebble;
using Xunit.Abstractions;

namespace ConvoxSsl.KillMatrix.Tests;

/// <summary>Kills at every step against Pebble, with http-01.</summary>
public sealed class PebbleKillTests(ITestOutputHelper output)
{
    [PebbleFact]
    public Task The_next_run_finishes_an_issuance_killed_at_any_step() => RunAsync(isRenewal: false);

    [PebbleFact]
    public Task The_next_run_finishes_a_renewal_killed_at_any_step() => RunAsync(isRenewal: true);

    private async Task RunAsync(bool isRenewal)
    {
        await using var servers = await PebbleServers.StartAsync();
        await using var matrix = new Matrix(servers, isRenewal, output);
        var points = await matrix.ListAsync();
        await matrix.RunAsync($"Kill matrix, {(isRenewal ? "renewal" : "issuance")} at Pebble with http-01", "Kill", points);
    }
}
