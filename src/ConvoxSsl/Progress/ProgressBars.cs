using System.Management.Automation;
using ConvoxSsl.Engine.Issuance.Context;

namespace ConvoxSsl.Progress;

/// <summary>
/// Shows the progress of a command. One certificate has one bar with its name. Several certificates share a bar, with bars below it
/// for a few that are in progress.
/// </summary>
/// <param name="activity">The title of the bar.</param>
/// <param name="show">Writes a progress record.</param>
internal sealed class ProgressBars(string activity, Action<ProgressRecord> show)
{
    /// <summary>The maximum number of certificates with a bar of their own.</summary>
    public const int MaxBars = 5;

    // One ActivityId, so that a stale bar is replaced.
    private const int ActivityId = 0x55C;

    private readonly object _gate = new();
    private readonly CertificateBar _commandBar = new();
    private readonly CertificateBar?[] _slots = new CertificateBar?[MaxBars];
    private int _count = 1;
    private int _done;
    private int _percentSum;
    private (int Done, int Percent) _shown = (-1, -1);

    /// <summary>Sets the number of certificates.</summary>
    public void SetCertificateCount(int count)
    {
        lock (_gate)
        {
            _count = Math.Max(1, count);
            ShowAll();
        }
    }

    /// <summary>Shows a step of a certificate, or of the command if the bar is null.</summary>
    public void Show(CertificateBar? bar, IssuanceEvent step)
    {
        lock (_gate)
        {
            var isCertificate = bar is not null;
            bar ??= _commandBar;
            var before = Math.Max(0, bar.Percent);
            bar.Advance(step.Percent);
            _percentSum += isCertificate ? Math.Max(0, bar.Percent) - before : 0;
            bar.Name ??= isCertificate ? step.Certificate : null;
            if (_count == 1)
            {
                show(CreateRecord(ActivityId, bar.Name is { } name ? $"{activity} {name}" : activity, bar, step));
                return;
            }

            ShowAll();
            bar.Name ??= step.Certificate;
            bar.Slot ??= TakeSlot(bar);
            if (bar.Slot is { } slot)
            {
                var record = CreateRecord(ActivityId + 1 + slot, bar.Name ?? activity, bar, step);
                record.ParentActivityId = ActivityId;
                show(record);
            }
        }
    }

    /// <summary>Ends the bar of a certificate and frees its slot, after success or failure.</summary>
    public void End(CertificateBar bar)
    {
        lock (_gate)
        {
            _done++;
            _percentSum += 100 - Math.Max(0, bar.Percent);
            if (bar.Slot is { } slot)
            {
                _slots[slot] = null;
                bar.Slot = null;
                show(new ProgressRecord(ActivityId + 1 + slot, bar.Name ?? activity, "Done")
                {
                    ParentActivityId = ActivityId,
                    RecordType = ProgressRecordType.Completed,
                });
            }

            ShowAll();
        }
    }

    private void ShowAll()
    {
        var now = (_done, Percent: Math.Min(100, _percentSum / _count));
        if (_count > 1 && now != _shown)
        {
            _shown = now;
            show(new ProgressRecord(ActivityId, activity, $"{_done} of {_count} certificates are done") { PercentComplete = now.Percent });
        }
    }

    private int? TakeSlot(CertificateBar bar)
    {
        var free = Array.IndexOf(_slots, null);
        if (free < 0)
        {
            return null;
        }

        _slots[free] = bar;
        return free;
    }

    private static ProgressRecord CreateRecord(int id, string activity, CertificateBar bar, IssuanceEvent step) =>
        new(id, activity, step.Text)
    {
        PercentComplete = bar.Percent,
        SecondsRemaining = step.Left is { } left ? (int)Math.Ceiling(Math.Min(left.TotalSeconds, int.MaxValue)) : -1,
    };
}
