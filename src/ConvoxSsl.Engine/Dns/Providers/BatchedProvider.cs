namespace ConvoxSsl.Engine.Dns.Providers;

/// <summary>
/// A provider that writes the records of a <see cref="RecordBatch"/> together: creates them when no job is preparing any more, and
/// removes them when all jobs that created records want theirs removed. A slow job delays the others only for a time.
/// </summary>
internal sealed class BatchedProvider : IDnsProvider
{
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxRemoval = TimeSpan.FromSeconds(30);

    // The limit for a removal grows with each so many records.
    private const int RecordsPerLimit = 300;

    private readonly IDnsProvider _provider;
    private readonly TimeProvider _time;
    private readonly GatheredCall _presenting;
    private readonly GatheredCall _cleaningUp;
    private int _published;

    /// <param name="provider">The provider that writes. Its owner disposes it.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="time">The clock.</param>
    public BatchedProvider(IDnsProvider provider, RecordBatch batch, TimeProvider time)
    {
        _provider = provider;
        _time = time;
        _presenting = new GatheredCall(provider.PresentAsync, () => batch.Preparing == 0, MaxDelay, time);
        _cleaningUp = new GatheredCall(RemoveAsync, () => Volatile.Read(ref _published) <= 0, MaxDelay, time);
        batch.Changed += _presenting.StartIfComplete;
    }

    /// <inheritdoc/>
    public Task PresentAsync(IReadOnlyList<TxtRecord> records, CancellationToken ct)
    {
        Interlocked.Increment(ref _published);
        return _presenting.AddAsync(records, ct);
    }

    /// <summary>
    /// Removes the records together with those of other jobs. The token is not used, because the time limit of one job must not
    /// end the call for all; the call has a limit of its own, which depends on the number of records.
    /// </summary>
    public Task CleanUpAsync(IReadOnlyList<TxtRecord> records, CancellationToken ct)
    {
        Interlocked.Decrement(ref _published);
        return _cleaningUp.AddAsync(records, CancellationToken.None);
    }

    /// <inheritdoc/>
    public Task<DnsZone> FindZoneAsync(string name, CancellationToken ct) => _provider.FindZoneAsync(name, ct);

    /// <inheritdoc/>
    public IAsyncEnumerable<DnsCheck> CheckAsync(string name, CancellationToken ct) => _provider.CheckAsync(name, ct);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private async Task RemoveAsync(IReadOnlyList<TxtRecord> records, CancellationToken ct)
    {
        var timeout = MaxRemoval * (1 + (records.Count / RecordsPerLimit));
        using var limit = new CancellationTokenSource(timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            await _provider.CleanUpAsync(records, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            var more = records.Count > 1 ? $" and {records.Count - 1} more" : string.Empty;
            throw new EngineException(
                ErrorCode.DnsProviderUnreachable,
                EngineErrorKind.TimedOut,
                $"The DNS provider did not remove the TXT records of {records[0].Name}{more} within {DurationText.Format(timeout)}.",
                records[0].Name,
                e)
            {
                Remedy = "Check the network and the proxy.",
            };
        }
    }
}
