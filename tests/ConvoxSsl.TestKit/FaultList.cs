namespace ConvoxSsl.TestKit;

/// <summary>The faults of a server. The first matching one with remaining occurrences occurs.</summary>
/// <typeparam name="TFault">The server's faults.</typeparam>
/// <typeparam name="TRequest">The server's requests.</typeparam>
public sealed class FaultList<TFault, TRequest>
    where TFault : class, IFault<TRequest>
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];

    /// <summary>The number of faults with remaining occurrences, without permanent faults.</summary>
    public int Outstanding
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count(e => e.Fault.MaxOccurrences != int.MaxValue && !e.IsUsedUp);
            }
        }
    }

    /// <summary>Adds a fault.</summary>
    public void Add(TFault fault)
    {
        lock (_gate)
        {
            _entries.Add(new Entry(fault));
        }
    }

    /// <summary>Removes all faults.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
        }
    }

    internal TFault? Take(TRequest request)
    {
        lock (_gate)
        {
            return _entries.Find(e => e.Occurs(request))?.Fault;
        }
    }

    private sealed class Entry(TFault fault)
    {
        private int _skipped;
        private int _occurrences;

        public TFault Fault { get; } = fault;

        public bool IsUsedUp => _occurrences >= Fault.MaxOccurrences;

        public bool Occurs(TRequest request)
        {
            if (IsUsedUp || !Fault.Matches(request))
            {
                return false;
            }

            if (_skipped < Fault.Skipped)
            {
                _skipped++;
                return false;
            }

            _occurrences++;
            return true;
        }
    }
}
