using System.Management.Automation;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests the progress and the log of several certificates.</summary>
public sealed class ProgressTests
{
    private const string Three =
        $"'a.example.org', 'b.example.org', 'c.example.org' | New-ConvoxCertificate {ScriptedCaSession.Issuing} -Verbose";

    [Fact]
    public async Task Each_certificate_has_a_progress_bar_that_completes()
    {
        await using var session = await ScriptedCaSession.StartAsync(null, "Yes");
        var run = (await session.RunAsync(Three)).Succeeded();

        var command = run.Progress.Where(p => p.Activity == "New-ConvoxCertificate" && p.ParentActivityId < 0).ToList();
        Assert.Contains("3 of 3 certificates are done", command.Select(p => p.StatusDescription));
        var bars = run.Progress.Where(p => p.ParentActivityId == command[0].ActivityId).ToList();
        Assert.Equal(
            ["a.example.org", "b.example.org", "c.example.org"], bars.Where(IsUnderWay).Select(p => p.Activity).Distinct().Order());
        Assert.All(run.Progress.GroupBy(p => p.ActivityId), activity =>
        {
            Assert.Equal(ProgressRecordType.Completed, activity.Last().RecordType);
            Assert.Equal(
                activity.Where(IsUnderWay).Select(p => p.PercentComplete).Order(),
                activity.Where(IsUnderWay).Select(p => p.PercentComplete));
        });
    }

    [Fact]
    public async Task Each_verbose_line_names_its_certificate()
    {
        await using var session = await ScriptedCaSession.StartAsync();
        var run = (await session.RunAsync(Three)).Succeeded();

        foreach (var name in (string[])["a.example.org", "b.example.org", "c.example.org"])
        {
            var lines = run.Verbose.Where(line => line.StartsWith(name + ": ", StringComparison.Ordinal)).ToList();
            var order = (string[])
            [
                "Ordering",
                "Publishing",
                "Telling the CA",
                "Waiting for the CA",
                "Requesting the certificate",
                "Downloading",
                "Storing",
                "Version 1 of",
            ];
            Assert.Equal(order, order.OrderBy(step => lines.FindIndex(line => line.Contains(step, StringComparison.Ordinal))));
            Assert.All(order, step => Assert.Contains(lines, line => line.Contains(step, StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task A_delay_requested_by_the_CA_shows_the_remaining_time()
    {
        await using var session =
            await ScriptedCaSession.StartAsync(new AcmeTestServerOptions { ProcessingPolls = 1, RetryAfter = 2 }, "Yes");
        var run = (await session.RunAsync($"New-ConvoxCertificate a.example.org {ScriptedCaSession.Issuing} -Verbose")).Succeeded();

        Assert.Contains(run.Progress, p => p.SecondsRemaining is 1 or 2);
        Assert.Contains(
            run.Verbose,
            line => line.StartsWith("Waiting ", StringComparison.Ordinal) && line.Contains("processing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_non_interactive_host_shows_no_progress()
    {
        await using var session = await ScriptedCaSession.StartAsync();
        Assert.Empty((await session.RunAsync(Three)).Succeeded().Progress);
    }

    private static bool IsUnderWay(ProgressRecord record) => record.RecordType == ProgressRecordType.Processing;
}
