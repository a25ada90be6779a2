using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace ConvoxSsl.Engine.Dns.Providers;

/// <summary>A provider whose calls end after a time limit, even if a call ignores its token.</summary>
/// <param name="provider">The provider. Its owner disposes it.</param>
/// <param name="limit">The time limit of a call, and of each check.</param>
/// <param name="time">The clock.</param>
internal sealed class TimeLimitedProvider(IDnsProvider provider, TimeSpan limit, TimeProvider time) : IDnsProvider
{
    // A call that is stopped can still remove what it began.
    private static readonly TimeSpan MaxStop = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public Task PresentAsync(IReadOnlyList<TxtRecord> records, CancellationToken ct) =>
        LimitAsync(token => provider.PresentAsync(records, token), ct);

    /// <inheritdoc/>
    public Task CleanUpAsync(IReadOnlyList<TxtRecord> records, CancellationToken ct) =>
        LimitAsync(token => provider.CleanUpAsync(records, token), ct);

    /// <inheritdoc/>
    public Task<DnsZone> FindZoneAsync(string name, CancellationToken ct) =>
        LimitAsync(token => provider.FindZoneAsync(name, token), ct);

    /// <inheritdoc/>
    /// <remarks>A check that takes too long is the last one, and has failed.</remarks>
    public async IAsyncEnumerable<DnsCheck> CheckAsync(string name, [EnumeratorCancellation] CancellationToken ct)
    {
        // An enumerator cannot be disposed while it runs, so another task enumerates.
        var checks = Channel.CreateUnbounded<DnsCheck>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var running = ReadAsync(name, checks.Writer, stop.Token);
        try
        {
            while (true)
            {
                var (isOpen, failed) = await WaitAsync(checks.Reader, ct).ConfigureAwait(false);
                if (failed is not null)
                {
                    yield return failed;
                }

                if (!isOpen)
                {
                    break;
                }

                while (checks.Reader.TryRead(out var check))
                {
                    yield return check;
                }
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAny(running, Task.Delay(MaxStop, time, CancellationToken.None)).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    // A failure of the provider completes the channel, whose reader then throws it.
    private async Task ReadAsync(string name, ChannelWriter<DnsCheck> checks, CancellationToken ct)
    {
        try
        {
            await foreach (var check in provider.CheckAsync(name, ct).ConfigureAwait(false))
            {
                checks.TryWrite(check);
            }

            checks.Complete();
        }
        catch (Exception e)
        {
            checks.Complete(e);
        }
    }

    private async Task<(bool IsOpen, DnsCheck? Failed)> WaitAsync(ChannelReader<DnsCheck> checks, CancellationToken ct)
    {
        try
        {
            return (await LimitAsync(token => checks.WaitToReadAsync(token).AsTask(), ct).ConfigureAwait(false), null);
        }
        catch (EngineException e) when (e.Kind == EngineErrorKind.TimedOut && e.Code == ErrorCode.DnsProviderUnreachable)
        {
            return (false, new DnsCheck("Response", false, e.Message, e.Remedy));
        }
    }

    private Task<bool> LimitAsync(Func<CancellationToken, Task> call, CancellationToken ct) => LimitAsync(
        async token =>
        {
            await call(token).ConfigureAwait(false);
            return true;
        },
        ct);

    private async Task<T> LimitAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken ct)
    {
        using var limited = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limited.Token);
        try
        {
            return await call(either.Token).WaitAsync(limit + MaxStop, time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException && limited.IsCancellationRequested
            && !ct.IsCancellationRequested)
        {
            throw new EngineException(
                ErrorCode.DnsProviderUnreachable,
                EngineErrorKind.TimedOut,
                $"The DNS provider did not respond within {DurationText.Format(limit)}.",
                innerException: e)
            {
                Remedy = "Check the network and the proxy, or the script of the provider.",
            };
        }
    }
}
