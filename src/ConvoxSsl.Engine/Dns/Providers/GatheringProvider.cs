namespace ConvoxSsl.Engine.Dns.Providers;

/// <summary>
/// A provider that carries the records of many orders in few calls: it publishes when all orders under way have come,
/// and removes when all that published have come again. An order that is late does not hold the others up for long.
/// </summary>
internal sealed class GatheringProvider : IDnsProvider
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    // For every so many records once more.
    private const int RecordsPerLimit = 300;
    private static readonly TimeSpan LongestRemoval = TimeSpan.FromSeconds(30);

    private readonly IDnsProvider _provider;
    private readonly PublishingTurn _turn;
    private readonly TimeProvider _time;
    private readonly CallGathering _presenting;
    private readonly CallGathering _cleaningUp;
    private int _published;

    /// <param name="provider">What does it; disposed with this one.</param>
    /// <param name="turn">Which orders have not published yet.</param>
    /// <param name="time">The clock.</param>
    public GatheringProvider(IDnsProvider provider, PublishingTurn turn, TimeProvider time)
    {
        _provider = provider;
        _turn = turn;
        _time = time;
        _presenting = new CallGathering(provider.PresentAsync, () => turn.Expected == 0, LongestPause, time);
        _cleaningUp = new CallGathering(RemoveAsync, () => Volatile.Read(ref _published) <= 0, LongestPause, time);
        _turn.Changed += _presenting.Look;
    }

    /// <inheritdoc/>
    public Task PresentAsync(IReadOnlyList<TxtRecord> records, CancellationToken ct)
    {
        Interlocked.Increment(ref _published);
        return _presenting.AddAsync(records, ct);
    }

    /// <summary>
    /// Removes the records together with those of others. The call has a time limit of its own, after the number of
    /// records: that of one order, which <paramref name="ct"/> may tell, would end it for all.
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

    private async Task RemoveAsync(IReadOnlyList<TxtRecord> records, CancellationToken ct)
    {
        var longest = LongestRemoval * (1 + (records.Count / RecordsPerLimit));
        using var limit = new CancellationTokenSource(longest, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            await _provider.CleanUpAsync(records, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new EngineException(
                ErrorCode.DnsProviderUnreachable, EngineErrorKind.TimedOut, $"The DNS provider did not remove the TXT records of {records[0].Name}{(records.Count > 1 ? $" and {records.Count - 1} more" : string.Empty)} within {longest}. Check the network and the proxy.", records[0].Name, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _turn.Changed -= _presenting.Look;
        _provider.Dispose();
    }
}
