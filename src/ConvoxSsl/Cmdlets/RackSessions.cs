namespace ConvoxSsl.Cmdlets;

/// <summary>The open racks of a cmdlet.</summary>
internal sealed class RackSessions : IDisposable
{
    private readonly Dictionary<ConvoxRack, RackSession> _sessions = [];

    /// <summary>Returns the open rack, and opens it at its first use.</summary>
    public RackSession GetOrOpen(ConvoxRack rack, Func<ConvoxRack, RackSession> open)
    {
        if (!_sessions.TryGetValue(rack, out var session))
        {
            _sessions[rack] = session = open(rack);
        }

        return session;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var session in _sessions.Values)
        {
            session.Dispose();
        }
    }
}
