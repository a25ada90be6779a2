namespace ConvoxSsl.Engine.Dns.Providers;

/// <summary>
/// Writes the TXT records of a batch of orders in as few calls to each provider as possible. The batch knows its jobs, and a
/// provider is called when none of them is preparing any more.
/// </summary>
internal sealed class RecordBatch(TimeProvider time)
{
    private readonly object _gate = new();
    private readonly Dictionary<IDnsProvider, BatchedProvider> _providers = [];
    private int _preparing;

    /// <summary>Raised after a job has changed its state.</summary>
    public event Action? Changed;

    /// <summary>The number of jobs that have not published their records yet and may do so soon.</summary>
    public int Preparing
    {
        get
        {
            lock (_gate)
            {
                return _preparing;
            }
        }
    }

    /// <summary>Adds a job, which is preparing. Add all jobs before the first one starts.</summary>
    public RecordBatchJob AddJob() => new(this);

    /// <summary>Returns the provider through which the jobs of the batch share calls. The caller keeps ownership of the original.</summary>
    public IDnsProvider Share(IDnsProvider provider)
    {
        lock (_gate)
        {
            if (!_providers.TryGetValue(provider, out var shared))
            {
                _providers[provider] = shared = new BatchedProvider(provider, this, time);
            }

            return shared;
        }
    }

    internal void ChangePreparing(int by)
    {
        lock (_gate)
        {
            _preparing += by;
        }

        Changed?.Invoke();
    }
}

/// <summary>A job of a <see cref="RecordBatch"/>.</summary>
internal sealed class RecordBatchJob
{
    private readonly RecordBatch _batch;
    private readonly object _gate = new();
    private bool _isPreparing = true;
    private bool _hasEnded;

    internal RecordBatchJob(RecordBatch batch)
    {
        _batch = batch;
        batch.ChangePreparing(1);
    }

    /// <summary>
    /// True if the other jobs hold back their records for this one. False while it waits for somebody else, such as for a lock, and
    /// once its own records are on their way.
    /// </summary>
    public bool IsPreparing
    {
        get
        {
            lock (_gate)
            {
                return _isPreparing;
            }
        }

        set
        {
            lock (_gate)
            {
                if (_hasEnded || _isPreparing == value)
                {
                    return;
                }

                _isPreparing = value;
            }

            _batch.ChangePreparing(value ? 1 : -1);
        }
    }

    /// <summary>Returns the provider through which the jobs of the batch share calls.</summary>
    public IDnsProvider Share(IDnsProvider provider) => _batch.Share(provider);

    /// <summary>Ends the job. Idempotent.</summary>
    public void End()
    {
        IsPreparing = false;
        lock (_gate)
        {
            _hasEnded = true;
        }
    }
}
