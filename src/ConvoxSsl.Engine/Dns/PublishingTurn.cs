namespace ConvoxSsl.Engine.Dns;

/// <summary>
/// Counts the orders under way that have not published yet, so that a provider's calls can wait for the last of them
/// and carry the records of all.
/// </summary>
internal sealed class PublishingTurn
{
    private readonly object _gate = new();
    private int _expected;

    /// <summary>Told after an order has come or ended.</summary>
    public event Action? Changed;

    /// <summary>How many orders may still publish.</summary>
    public int Expected
    {
        get
        {
            lock (_gate)
            {
                return _expected;
            }
        }
    }

    /// <summary>An order begins. Dispose what is returned when it publishes, or when it ends without; twice is once.</summary>
    public IDisposable Enter()
    {
        lock (_gate)
        {
            _expected++;
        }

        return new Ticket(this);
    }

    private sealed class Ticket(PublishingTurn turn) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                lock (turn._gate)
                {
                    turn._expected--;
                }

                turn.Changed?.Invoke();
            }
        }
    }
}
