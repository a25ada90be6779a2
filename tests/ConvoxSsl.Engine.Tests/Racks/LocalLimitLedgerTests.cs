using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Racks.Local;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Engine.Tests.Racks;

/// <summary>The limit records of a local rack.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class LocalLimitLedgerTests : IDisposable
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryDirectory _home = new();
    private readonly LocalRack _rack;

    public LocalLimitLedgerTests() => _rack = new LocalRack("local", Root, TestDnsProviders.All);

    private string Root => _home["rack"];

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Concurrent_changes_of_the_limits_are_written_together()
    {
        await _rack.PrepareAsync(default);
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var locked = 0;
        var ledger = new LocalLimitLedger(new RackDirectory(Root), async ct =>
        {
            Interlocked.Increment(ref locked);
            await turn.Task;
            return await _rack.LockAsync("limits", null, ct);
        });
        var changes = Enumerable.Range(0, 100).Select(i => ledger.UpdateAsync(
            r => i == 50 ? throw new InvalidOperationException() : r with { Refusals = [.. r.Refusals, Refusal(i)] },
            null,
            default)).ToList();
        turn.SetResult();

        await Assert.ThrowsAsync<InvalidOperationException>(() => changes[50]);
        changes.RemoveAt(50);
        await Task.WhenAll(changes);
        Assert.Equal(99, (await ledger.ReadAsync(default)).Refusals.Count);
        Assert.Equal(1, locked);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"uses\":null}")]
    [InlineData("{\"uses\":[null]}")]
    [InlineData("{\"uses\":[{\"limit\":\"NewOrders\"}]}")]
    [InlineData(
        "{\"refusals\":[{\"directoryUrl\":null,\"subject\":\"a\","
            + "\"refused\":\"2026-01-01T00:00:00Z\",\"until\":\"2026-01-01T00:00:00Z\"}]}")]
    public async Task Damaged_limits_are_reported_kept_aside_and_replaced(string contents)
    {
        await _rack.PrepareAsync(default);
        var file = Path.Combine(Root, "limits.json");
        await File.WriteAllTextAsync(file, contents);
        Assert.Equal("LimitsDamaged", (await Assert.ThrowsAsync<EngineException>(() => _rack.Limits.ReadAsync(default))).Code);

        var errors = new List<EngineException>();
        await _rack.Limits.UpdateAsync(r => r, errors.Add, default);
        Assert.Equal("LimitsDamaged", Assert.Single(errors).Code);
        Assert.Empty((await _rack.Limits.ReadAsync(default)).Uses);
        Assert.Equal(contents, await File.ReadAllTextAsync(file + ".damaged"));
    }

    [Fact]
    public async Task Leftovers_of_a_killed_limits_writer_are_removed_and_the_file_is_private()
    {
        await _rack.PrepareAsync(default);
        await File.WriteAllTextAsync(Path.Combine(Root, "limits.json.1.unfinished"), "{");
        await _rack.Limits.UpdateAsync(r => r, null, default);

        Assert.Equal(["limits.json"], Directory.GetFiles(Root, "limits*").Select(Path.GetFileName));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Root, "limits.json")));
    }

    private static LimitRefusal Refusal(int number) =>
        new()
        {
            DirectoryUrl = new Uri("https://ca.example/directory"),
            Subject = $"n{number}.example.org",
            Refused = s_now,
            Until = s_now.AddHours(1),
        };
}
