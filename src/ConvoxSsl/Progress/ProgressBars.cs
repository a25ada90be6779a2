using System.Management.Automation;
using ConvoxSsl.Engine.Issuance;

namespace ConvoxSsl.Progress;

/// <summary>
/// The progress of a command. One certificate has one bar. Several have one for them all, with a few below it for those
/// that are worked on: a thousand bars would tell nobody anything.
/// </summary>
/// <param name="activity">What the bar is called.</param>
/// <param name="show">Shows a record.</param>
internal sealed class ProgressBars(string activity, Action<ProgressRecord> show)
{
    /// <summary>How many certificates have a bar of their own at the same time.</summary>
    public const int MaxBars = 5;

    // One activity for all that this module does, so that a bar never stands beside its own remains.
    private const int ActivityId = 0x55C;

    private readonly object _gate = new();
    private readonly CertificateBar _only = new();
    private readonly CertificateBar?[] _places = new CertificateBar?[MaxBars];
    private int _expected = 1;
    private int _done;
    private int _steps;
    private (int Done, int Percent) _shown = (-1, -1);

    /// <summary>Says how many certificates are worked on.</summary>
    public void SetCertificateCount(int count)
    {
        lock (_gate)
        {
            _expected = Math.Max(1, count);
            ShowAll();
        }
    }

    /// <summary>Shows a step of a certificate, or one before work on certificates began.</summary>
    public void Show(CertificateBar? bar, IssuanceEvent step)
    {
        lock (_gate)
        {
            var isOne = bar is not null;
            bar ??= _only;
            var before = Math.Max(0, bar.Percent);
            bar.Advance(step.Percent);
            _steps += isOne ? Math.Max(0, bar.Percent) - before : 0;
            if (_expected == 1)
            {
                show(Record(ActivityId, activity, bar, step));
                return;
            }

            ShowAll();
            bar.Name ??= step.Certificate;
            bar.Slot ??= TakePlace(bar);
            if (bar.Slot is { } place)
            {
                var record = Record(ActivityId + 1 + place, bar.Name ?? activity, bar, step);
                record.ParentActivityId = ActivityId;
                show(record);
            }
        }
    }

    /// <summary>The work on a certificate has ended, well or not: its place is free for another.</summary>
    public void End(CertificateBar bar)
    {
        lock (_gate)
        {
            _done++;
            _steps += 100 - Math.Max(0, bar.Percent);
            if (bar.Slot is { } place)
            {
                _places[place] = null;
                bar.Slot = null;
                show(new ProgressRecord(ActivityId + 1 + place, bar.Name ?? activity, "Done") { ParentActivityId = ActivityId, RecordType = ProgressRecordType.Completed });
            }

            ShowAll();
        }
    }

    private void ShowAll()
    {
        var now = (_done, Percent: Math.Min(100, _steps / _expected));
        if (_expected > 1 && now != _shown)
        {
            _shown = now;
            show(new ProgressRecord(ActivityId, activity, $"{_done} of {_expected} certificates are done") { PercentComplete = now.Percent });
        }
    }

    private int? TakePlace(CertificateBar bar)
    {
        var free = Array.IndexOf(_places, null);
        if (free < 0)
        {
            return null;
        }

        _places[free] = bar;
        return free;
    }

    private static ProgressRecord Record(int id, string activity, CertificateBar bar, IssuanceEvent step) => new(id, activity, step.Text)
    {
        PercentComplete = bar.Percent,
        SecondsRemaining = step.Left is { } left ? (int)Math.Ceiling(Math.Min(left.TotalSeconds, int.MaxValue)) : -1,
    };
}
