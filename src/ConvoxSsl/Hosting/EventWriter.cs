using System.Management.Automation;
using ConvoxSsl.Engine.Issuance;

namespace ConvoxSsl.Hosting;

/// <summary>Shows what the engine reports: steps as progress and verbose lines, exchanges for <c>-Debug</c>.</summary>
/// <param name="activity">What the progress bar is called.</param>
/// <param name="verbose">Writes a verbose line.</param>
/// <param name="debug">Writes a debug line.</param>
/// <param name="warning">Writes a warning.</param>
/// <param name="progress">Shows progress.</param>
internal sealed class EventWriter(
    string activity, Action<string> verbose, Action<string> debug, Action<string> warning, Action<ProgressRecord> progress) : IProgress<IssuanceEvent>
{
    // One activity for all that this module does, so that a bar never stands beside its own remains.
    private const int ActivityId = 0x55C;

    private int _percent = -1;
    private int _expected = 1;
    private int _done;

    /// <summary>Says how many certificates are worked on at once; with several the bar counts those that are done.</summary>
    public void Expect(int count) => _expected = Math.Max(1, count);

    /// <summary>One of the certificates is done, well or not.</summary>
    public void Done() => Interlocked.Increment(ref _done);

    public void Report(IssuanceEvent value)
    {
        switch (value.Kind)
        {
            case IssuanceEventKind.Step:
                progress(_expected == 1 ? One(value) : OneOfMany(value));
                verbose(value.Text);
                break;
            case IssuanceEventKind.Detail:
                verbose(value.Text);
                break;
            case IssuanceEventKind.Warning:
                warning(value.Text);
                break;
            default:
                debug(value.Text);
                break;
        }
    }

    private ProgressRecord One(IssuanceEvent value)
    {
        _percent = value.Percent >= 0 ? value.Percent : _percent;
        return new ProgressRecord(ActivityId, activity, value.Text)
        {
            PercentComplete = _percent,
            SecondsRemaining = value.Left is { } left ? (int)Math.Ceiling(left.TotalSeconds) : -1,
        };
    }

    private ProgressRecord OneOfMany(IssuanceEvent value) => new(ActivityId, activity, $"{_done} of {_expected} certificates are done")
    {
        PercentComplete = 100 * _done / _expected,
        CurrentOperation = value.Text,
    };
}
