namespace ConvoxSsl.Kubernetes.Locks;

/// <summary>
/// Watches whether a Lease changes, by this process's own monotonic clock: the clocks of machines differ, and a holder
/// that lives renews its Lease whatever time it thinks it is.
/// </summary>
internal sealed class LeaseWatch(TimeProvider time)
{
    private string? _version;
    private long _since;

    /// <summary>Whether a Lease has had this version for a time already.</summary>
    public bool IsUnchanged(string version, TimeSpan during)
    {
        if (version != _version)
        {
            (_version, _since) = (version, time.GetTimestamp());
            return false;
        }

        return time.GetElapsedTime(_since) >= during;
    }
}
