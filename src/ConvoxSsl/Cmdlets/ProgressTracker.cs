using System.Management.Automation;

namespace ConvoxSsl.Cmdlets;

/// <summary>Writes progress, and completes the activities that were left open.</summary>
internal sealed class ProgressTracker
{
    private readonly Dictionary<int, ProgressRecord> _openActivities = [];

    // Negative, because PowerShell assigns positive numbers to cmdlets.
    private readonly long _source = -Random.Shared.NextInt64(1, long.MaxValue);

    /// <summary>Copies a record, because its owner can change it and write it again.</summary>
    public static ProgressRecord Copy(ProgressRecord record) =>
        new(record.ActivityId, record.Activity, record.StatusDescription)
        {
            CurrentOperation = record.CurrentOperation,
            ParentActivityId = record.ParentActivityId,
            PercentComplete = record.PercentComplete,
            RecordType = record.RecordType,
            SecondsRemaining = record.SecondsRemaining,
        };

    /// <summary>Writes a record on the pipeline thread.</summary>
    public void Write(ICommandRuntime runtime, ProgressRecord record)
    {
        if (record.RecordType == ProgressRecordType.Completed)
        {
            _openActivities.Remove(record.ActivityId);
        }
        else
        {
            _openActivities[record.ActivityId] = record;
        }

        // Use the overload with a source ID, because a stopped pipeline still permits it.
        runtime.WriteProgress(_source, record);
    }

    /// <summary>Completes all open activities.</summary>
    public void Complete(ICommandRuntime runtime)
    {
        foreach (var open in _openActivities.Values.Reverse().ToArray())
        {
            var completed = Copy(open);
            completed.RecordType = ProgressRecordType.Completed;
            Write(runtime, completed);
        }
    }
}
