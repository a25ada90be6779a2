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

    public void Report(IssuanceEvent value)
    {
        switch (value.Kind)
        {
            case IssuanceEventKind.Step:
                _percent = value.Percent >= 0 ? value.Percent : _percent;
                progress(new ProgressRecord(ActivityId, activity, value.Text)
                {
                    PercentComplete = _percent,
                    SecondsRemaining = value.Left is { } left ? (int)Math.Ceiling(left.TotalSeconds) : -1,
                });
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
}
