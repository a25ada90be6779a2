using System.Management.Automation;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Progress;

namespace ConvoxSsl.Tests.Progress;

/// <summary>Tests the output of each kind of event.</summary>
public sealed class EventWriterTests
{
    private readonly List<string> _verbose = [];
    private readonly List<string> _debug = [];
    private readonly List<string> _warnings = [];
    private readonly List<ProgressRecord> _progress = [];
    private readonly EventWriter _writer;

    public EventWriterTests() => _writer = new EventWriter("New-ConvoxCertificate", _verbose.Add, _debug.Add, _warnings.Add, _progress.Add);

    [Fact]
    public void A_step_is_written_to_progress_and_verbose()
    {
        _writer.Report(new IssuanceEvent(IssuanceEventKind.Step, "Ordering", 10, TimeSpan.FromSeconds(2.1)));

        var record = Assert.Single(_progress);
        Assert.Equal(
            ("New-ConvoxCertificate", "Ordering", 10, 3),
            (record.Activity, record.StatusDescription, record.PercentComplete, record.SecondsRemaining));
        Assert.Equal(["Ordering"], _verbose);
    }

    [Fact]
    public void A_step_without_a_percentage_keeps_the_progress()
    {
        _writer.Report(new IssuanceEvent(IssuanceEventKind.Step, "Ordering", 10));
        _writer.Report(new IssuanceEvent(IssuanceEventKind.Step, "Waiting", Left: TimeSpan.FromSeconds(5)));

        Assert.Equal((10, 5), (_progress[1].PercentComplete, _progress[1].SecondsRemaining));
    }

    [Fact]
    public void Details_warnings_and_requests_go_to_their_streams()
    {
        _writer.Report(new IssuanceEvent(IssuanceEventKind.Detail, "detail"));
        _writer.Report(new IssuanceEvent(IssuanceEventKind.Warning, "warning"));
        _writer.Report(new IssuanceEvent(IssuanceEventKind.Exchange, "exchange"));

        Assert.Equal(["detail"], _verbose);
        Assert.Equal(["warning"], _warnings);
        Assert.Equal(["exchange"], _debug);
        Assert.Empty(_progress);
    }

    [Fact]
    public void A_short_delay_is_not_logged()
    {
        _writer.Report(new IssuanceEvent(IssuanceEventKind.Step, "Waiting 0.1 s", Left: TimeSpan.FromMilliseconds(100)));

        Assert.Empty(_verbose);
        Assert.Single(_progress);
    }

    [Fact]
    public async Task An_unchanged_step_is_not_logged()
    {
        await WorkAsync("a.example.org", 30, 30, 40);

        Assert.Equal(["Step 30", "Step 40"], _verbose);
        Assert.Equal(3, _progress.Count(p => p.RecordType == ProgressRecordType.Processing));
    }

    [Fact]
    public async Task The_bar_of_one_certificate_has_its_name()
    {
        await WorkAsync("a.example.org", 30);

        Assert.Equal("New-ConvoxCertificate a.example.org", _progress[0].Activity);
    }

    [Fact]
    public async Task With_several_certificates_each_has_a_bar_below_the_command()
    {
        _writer.SetCertificateCount(2);
        await Task.WhenAll(WorkAsync("a.example.org", 10, 50), WorkAsync("b.example.org", 20));

        var command = _progress.Where(p => p.ParentActivityId < 0).ToList();
        Assert.Equal(
            ["0 of 2 certificates are done", "2 of 2 certificates are done"],
            [command[0].StatusDescription, command[^1].StatusDescription]);
        Assert.Equal(100, command[^1].PercentComplete);
        var bars = _progress.Where(p => p.ParentActivityId >= 0).ToList();
        Assert.All(bars, bar => Assert.Equal(command[0].ActivityId, bar.ParentActivityId));
        Assert.Equal(
            ["a.example.org", "b.example.org"],
            bars.Where(b => b.RecordType == ProgressRecordType.Processing).Select(b => b.Activity).Distinct());
        Assert.All(bars.GroupBy(b => b.ActivityId), bar => Assert.Equal(ProgressRecordType.Completed, bar.Last().RecordType));
        Assert.Equal(["a.example.org: Step 10", "a.example.org: Step 50", "b.example.org: Step 20"], _verbose);
    }

    [Fact]
    public async Task Progress_never_decreases()
    {
        _writer.SetCertificateCount(2);
        await Task.WhenAll(WorkAsync("a.example.org", 50, 10, -1, 60), WorkAsync("b.example.org", 70, 20));

        Assert.All(_progress.Where(p => p.RecordType == ProgressRecordType.Processing).GroupBy(p => p.ActivityId), bar =>
            Assert.Equal(bar.Select(p => p.PercentComplete).Order(), bar.Select(p => p.PercentComplete)));
    }

    [Fact]
    public async Task A_thousand_certificates_share_a_few_bars()
    {
        var ends = Enumerable.Range(0, 1000).Select(_ => new TaskCompletionSource()).ToList();
        _writer.SetCertificateCount(ends.Count);
        var work = ends.Select((end, i) => _writer.RunAsync(async () =>
        {
            Step($"{i}.example.org", 10);
            await end.Task;
            Step($"{i}.example.org", 50);
        })).ToList();
        ends.ForEach(end => end.SetResult());
        await Task.WhenAll(work);

        var bars = _progress.Where(p => p.ParentActivityId >= 0).ToList();
        Assert.Equal(ProgressBars.MaxBars, bars.Select(b => b.ActivityId).Distinct().Count());
        Assert.InRange(bars.Select(b => b.Activity).Distinct().Count(), ProgressBars.MaxBars + 1, 1001);
        var last = bars.GroupBy(b => b.ActivityId).Select(g => g.Last().RecordType);
        Assert.All(last, type => Assert.Equal(ProgressRecordType.Completed, type));
        Assert.InRange(_progress.Count, 0, 10_000);
    }

    private Task WorkAsync(string certificate, params int[] percents) => _writer.RunAsync(() =>
    {
        foreach (var percent in percents)
        {
            Step(certificate, percent);
        }

        return Task.CompletedTask;
    });

    private void Step(string certificate, int percent) =>
        _writer.Report(new IssuanceEvent(IssuanceEventKind.Step, $"Step {percent}", percent, Certificate: certificate));
}
