namespace ConvoxSsl.Kubernetes.Locks;

/// <summary>
/// Detects by this process's monotonic clock that a Lease no longer changes. Clocks of machines differ, but a live holder
/// keeps renewing its Lease. Several tasks can share a watch.
/// </summary>
internal sealed class LeaseWatch(TimeProvider time)
{
    private readonly object _gate = new();
    private string? _version;
    private long _since;

    /// <summary>True if the Lease has had this version for the given time.</summary>
    public bool IsUnchanged(string version, TimeSpan during)
    {
        lock (_gate)
        {
            if (version != _version)
            {
                (_version, _since) = (version, time.GetTimestamp());
                return false;
            }

            return time.GetElapsedTime(_since) >= during;
        }
    }
}
