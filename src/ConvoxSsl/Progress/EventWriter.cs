using ConvoxSsl.Errors;
using System.Management.Automation;
using ConvoxSsl.Engine.Issuance;

namespace ConvoxSsl.Progress;

/// <summary>
/// Shows what the engine reports: steps as progress and verbose lines, exchanges for <c>-Debug</c>. Where several
/// certificates are worked on, each line begins with the one that it is about.
/// </summary>
/// <param name="activity">What the progress bar is called.</param>
/// <param name="verbose">Writes a verbose line.</param>
/// <param name="debug">Writes a debug line.</param>
/// <param name="warning">Writes a warning.</param>
/// <param name="progress">Shows progress.</param>
internal sealed class EventWriter(
    string activity, Action<string> verbose, Action<string> debug, Action<string> warning, Action<ProgressRecord> progress) : IProgress<IssuanceEvent>
{
    // What is over before anybody has read of it is no line in a log.
    private static readonly TimeSpan ShortestToldWait = TimeSpan.FromSeconds(1);

    private readonly ProgressBars _bars = new(activity, progress);

    // The certificate's name alone would not do: two jobs may be for the same names.
    private readonly AsyncLocal<CertificateBar?> _bar = new();
    private bool _tellsApart;

    /// <summary>Says how many certificates are worked on at once.</summary>
    public void SetCertificateCount(int count)
    {
        _tellsApart = count > 1;
        _bars.SetCertificateCount(count);
    }

    /// <summary>Runs the work on one of them; the events on its way are its own.</summary>
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

    public void Report(IssuanceEvent value)
    {
        switch (value.Kind)
        {
            case IssuanceEventKind.Step:
                _bars.Show(_bar.Value, value);
                if (IsNews(_bar.Value, value))
                {
                    verbose(NameOwner(value));
                }

                break;
            case IssuanceEventKind.Detail:
                verbose(NameOwner(value));
                break;
            case IssuanceEventKind.Warning:
                warning(NameOwner(value));
                break;
            default:
                debug(NameOwner(value));
                break;
        }
    }

    // Nor is what is looked at again and has not changed, such as which DNS servers still lack a record.
    private static bool IsNews(CertificateBar? bar, IssuanceEvent step)
    {
        if ((step.Left is { } left && left < ShortestToldWait) || bar?.Step == step.Text)
        {
            return false;
        }

        if (bar is not null)
        {
            bar.Step = step.Text;
        }

        return true;
    }

    private string NameOwner(IssuanceEvent value)
    {
        var text = Remedies.Append(value.Text, value.Remedy);
        return _tellsApart && value.Certificate is { } certificate ? $"{certificate}: {text}" : text;
    }
}
