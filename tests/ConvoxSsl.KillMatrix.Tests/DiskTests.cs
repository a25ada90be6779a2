using Xunit.Abstractions;

namespace ConvoxSsl.KillMatrix.Tests;

/// <summary>
/// Disk failures at every step, by fail points: the disk becomes full or read-only, or a kill truncates a file.
/// </summary>
public sealed class DiskTests(ITestOutputHelper output)
{
    [UnixTheory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_disk_that_becomes_full_at_any_step_causes_no_damage(bool isRenewal) => RunAsync("Full", isRenewal);

    [UnixTheory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_disk_that_becomes_read_only_at_any_step_causes_no_damage(bool isRenewal) => RunAsync("ReadOnly", isRenewal);

    [UnixTheory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_file_truncated_by_a_kill_is_never_read(bool isRenewal) => RunAsync("Tear", isRenewal);

    private async Task RunAsync(string action, bool isRenewal)
    {
        await using var servers = await ScriptedServers.StartAsync();
        await using var matrix = new Matrix(servers, isRenewal, output);
        var points = await matrix.ListAsync();
        points =
        [
            .. points.Where(p =>
                action == "Tear" ? p.StartsWith("write rack", StringComparison.Ordinal) : p.Contains(" rack", StringComparison.Ordinal)),
        ];
        await matrix.RunAsync($"Disk matrix, {action} during {(isRenewal ? "a renewal" : "an issuance")}", action, points);
    }
}
