using Xunit.Abstractions;

namespace ConvoxSsl.KillMatrix.Tests;

/// <summary>
/// A disk that fails at every step, by the fail points: it is full or read-only from there on, or a kill tears a file in
/// two.
/// </summary>
public sealed class DiskTests(ITestOutputHelper output)
{
    [UnixTheory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_disk_that_is_full_from_any_step_on_harms_nothing(bool isRenewal) => RunAsync("Full", isRenewal);

    [UnixTheory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_disk_that_is_read_only_from_any_step_on_harms_nothing(bool isRenewal) => RunAsync("ReadOnly", isRenewal);

    [UnixTheory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_file_that_is_torn_by_a_kill_is_never_read(bool isRenewal) => RunAsync("Tear", isRenewal);

    private async Task RunAsync(string action, bool isRenewal)
    {
        await using var world = await ScriptedWorld.StartAsync();
        await using var matrix = new Matrix(world, isRenewal, output);
        var points = await matrix.ListAsync();
        points =
        [
            .. points.Where(p =>
                action == "Tear" ? p.StartsWith("write rack", StringComparison.Ordinal) : p.Contains(" rack", StringComparison.Ordinal)),
        ];
        await matrix.RunAsync($"Disk matrix, {action} during {(isRenewal ? "a renewal" : "an issuance")}", action, points);
    }
}
