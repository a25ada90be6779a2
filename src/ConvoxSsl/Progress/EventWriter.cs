using System.Collections.Concurrent;
using System.Management.Automation;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Errors;

namespace ConvoxSsl.Progress;

/// <summary>
/// Writes the engine's events: steps to progress and verbose, HTTP requests to debug. With several certificates, each line starts
/// with the name of its certificate.
/// </summary>
/// <param name="activity">The title of the progress bar.</param>
/// <param name="verbose">Writes a verbose line.</param>
/// <param name="debug">Writes a debug line.</param>
/// <param name="warning">Writes a warning.</param>
/// <param name="progress">Writes progress.</param>
internal sealed class EventWriter(
    string activity,
    Action<string> verbose,
    Action<string> debug,
    Action<string> warning,
    Action<ProgressRecord> progress) : IProgress<IssuanceEvent>
{
    // A shorter delay is over before a user reads the line.
    private static readonly TimeSpan MinReportedDelay = TimeSpan.FromSeconds(1);

    private readonly ProgressBars _bars = new(activity, progress);

    // The name does not identify a job, because two jobs can have the same names.
    private readonly AsyncLocal<CertificateBar?> _bar = new();
    private readonly ConcurrentDictionary<object, CertificateBar> _jobs = new(ReferenceEqualityComparer.Instance);
    private bool _hasSeveral;

    /// <summary>Sets the number of concurrent certificates.</summary>
    public void SetCertificateCount(int count)
    {
        _hasSeveral = count > 1;
        _bars.SetCertificateCount(count);
    }

    /// <summary>Runs the work on one certificate. All events of the work belong to it.</summary>
    public async Task RunAsync(Func<Task> work)
    {
        var bar = new CertificateBar();
        _bar.Value = bar;
        try
        {
            await work();
        }
        finally
        {
            _bars.End(bar);
        }
    }

    /// <summary>Ends the bar of a batch's job. Its later events are written without one.</summary>
    public void End(object job)
    {
        var bar = _jobs.GetOrAdd(job, _ => new CertificateBar());
        bar.HasEnded = true;
        _bars.End(bar);
    }

    public void Report(IssuanceEvent value)
    {
        switch (value.Kind)
        {
            case IssuanceEventKind.Step:
                var bar = value.Job is { } job ? _jobs.GetOrAdd(job, _ => new CertificateBar()) : _bar.Value;
                if (bar is not { HasEnded: true })
                {
                    _bars.Show(bar, value);
                }

                if (IsNew(bar, value))
                {
                    verbose(AddName(value));
                }

                break;
            case IssuanceEventKind.Detail:
                verbose(AddName(value));
                break;
            case IssuanceEventKind.Warning:
                warning(AddName(value));
                break;
            default:
                debug(AddName(value));
                break;
        }
    }

    // A poll without a change, such as the DNS servers that still lack a record, is not new either.
    private static bool IsNew(CertificateBar? bar, IssuanceEvent step)
    {
        if ((step.Left is { } left && left < MinReportedDelay) || bar?.Step == step.Text)
        {
            return false;
        }

        if (bar is not null)
        {
            bar.Step = step.Text;
        }

        return true;
    }

    private string AddName(IssuanceEvent value)
    {
        var text = Remedies.Append(value.Text, value.Remedy);
        return _hasSeveral && value.Certificate is { } certificate ? $"{certificate}: {text}" : text;
    }
}
