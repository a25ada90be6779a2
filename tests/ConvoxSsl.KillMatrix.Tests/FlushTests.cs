using ConvoxSsl.TestKit;
using Xunit.Abstractions;

namespace ConvoxSsl.KillMatrix.Tests;

/// <summary>
/// Data that must survive a loss of power is flushed to the disk: contents before they are renamed into place, and directories after
/// an entry was created or renamed in them. No other test can notice a missing flush.
/// </summary>
public sealed class FlushTests(ITestOutputHelper output)
{
    private static readonly string[] VersionFiles = ["privkey.pem", "cert.pem", "chain.pem", "fullchain.pem", "fullchain.pfx"];

    [StraceFact]
    public Task Everything_that_an_issuance_stores_is_flushed() => RunAsync(isRenewal: false);

    [StraceFact]
    public Task Everything_that_a_renewal_stores_is_flushed() => RunAsync(isRenewal: true);

    private async Task RunAsync(bool isRenewal)
    {
        await using var servers = await ScriptedServers.StartAsync();
        await using var matrix = new Matrix(servers, isRenewal, output);
        using var home = new TemporaryDirectory();
        var matrixCase = await matrix.PrepareAsync(home.Path, "flush");

        var calls = await SystemCalls.RecordAsync(matrixCase);

        var renames = calls.Where(call => call.Name.StartsWith("rename", StringComparison.Ordinal)).ToArray();
        var certificate = Path.Combine(matrixCase.Rack.Location, "certificates", matrixCase.Id);
        Assert.Contains(renames, call => call.Path == Path.Combine(certificate, "certificate.json"));
        Assert.Contains(renames, call => call.Path == Path.Combine(certificate, "live"));
        Assert.All(renames, call =>
        {
            // A link has no contents, and nobody reads what is being removed.
            if (Path.GetFileName(call.Path) != "live" && !Path.GetFileName(call.Path).StartsWith(".removed-", StringComparison.Ordinal))
            {
                Assert.True(IsFlushed(calls.TakeWhile(c => c != call), call.Source!), $"{call.Path} is renamed without a flush");
            }

            AssertParentFlushed(calls, call);
        });
        var directories = calls.Where(call => call.Name.StartsWith("mkdir", StringComparison.Ordinal)).ToArray();
        Assert.All(
            directories.Where(call => !call.Path.EndsWith(".unfinished", StringComparison.Ordinal)),
            call => AssertParentFlushed(calls, call));
        var version = Path.Combine(certificate, "versions", isRenewal ? "2.unfinished" : "1.unfinished");
        Assert.All(VersionFiles, file => Assert.True(IsFlushed(calls, Path.Combine(version, file)), $"{file} is not flushed"));
        Assert.Equal(!isRenewal, directories.Any(call => call.Path == certificate));
    }

    private static void AssertParentFlushed(IReadOnlyList<SystemCall> calls, SystemCall call) => Assert.True(
        IsFlushed(calls.SkipWhile(c => c != call), Path.GetDirectoryName(call.Path)!), $"The parent of {call.Path} is not flushed");

    private static bool IsFlushed(IEnumerable<SystemCall> calls, string path) =>
        calls.Any(call => call.Name is "fsync" or "fdatasync" && call.Path == path);
}
