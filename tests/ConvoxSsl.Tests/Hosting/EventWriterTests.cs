using System.Management.Automation;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Hosting;

namespace ConvoxSsl.Tests.Hosting;

/// <summary>Where each kind of event is shown.</summary>
public sealed class EventWriterTests
{
    private readonly List<string> _verbose = [];
    private readonly List<string> _debug = [];
    private readonly List<string> _warnings = [];
    private readonly List<ProgressRecord> _progress = [];
    private readonly EventWriter _writer;

    public EventWriterTests() => _writer = new EventWriter("New-ConvoxCertificate", _verbose.Add, _debug.Add, _warnings.Add, _progress.Add);

    [Fact]
    public void A_step_is_progress_and_a_verbose_line()
    {
        _writer.Report(new IssuanceEvent(IssuanceEventKind.Step, "Ordering", 10, TimeSpan.FromSeconds(2.1)));

        var record = Assert.Single(_progress);
        Assert.Equal(("New-ConvoxCertificate", "Ordering", 10, 3), (record.Activity, record.StatusDescription, record.PercentComplete, record.SecondsRemaining));
        Assert.Equal(["Ordering"], _verbose);
    }

    [Fact]
    public void A_step_that_does_not_tell_leaves_the_bar_where_it_is()
    {
        _writer.Report(new IssuanceEvent(IssuanceEventKind.Step, "Ordering", 10));
        _writer.Report(new IssuanceEvent(IssuanceEventKind.Step, "Waiting", Left: TimeSpan.FromSeconds(5)));

        Assert.Equal((10, 5), (_progress[1].PercentComplete, _progress[1].SecondsRemaining));
    }

    [Fact]
    public void Details_warnings_and_exchanges_go_to_their_streams()
    {
        _writer.Report(new IssuanceEvent(IssuanceEventKind.Detail, "detail"));
        _writer.Report(new IssuanceEvent(IssuanceEventKind.Warning, "warning"));
        _writer.Report(new IssuanceEvent(IssuanceEventKind.Exchange, "exchange"));

        Assert.Equal(["detail"], _verbose);
        Assert.Equal(["warning"], _warnings);
        Assert.Equal(["exchange"], _debug);
        Assert.Empty(_progress);
    }
}
