namespace ConvoxSsl.Engine.Dns.Providers;

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
    public PublishingTicket Enter() => new(this);

    internal void Change(int by)
    {
        lock (_gate)
        {
            _expected += by;
        }

        Changed?.Invoke();
    }
}

/// <summary>One order's place among those that others wait for with their records.</summary>
internal sealed class PublishingTicket : IDisposable
{
    private readonly PublishingTurn _turn;
    private readonly object _gate = new();
    private bool _isCounted = true;
    private bool _isOver;

    internal PublishingTicket(PublishingTurn turn)
    {
        _turn = turn;
        turn.Change(1);
    }

    /// <summary>It waits for somebody else, so nobody is to wait for it.</summary>
    public void StepAside() => Count(false);

    /// <summary>It goes on.</summary>
    public void Return() => Count(true);

    /// <inheritdoc/>
    public void Dispose()
    {
        Count(false);
        lock (_gate)
        {
            _isOver = true;
        }
    }

    private void Count(bool counted)
    {
        lock (_gate)
        {
            if (_isOver || _isCounted == counted)
            {
                return;
            }

            _isCounted = counted;
        }

        _turn.Change(counted ? 1 : -1);
    }
}
