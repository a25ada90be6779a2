using System.Runtime.ExceptionServices;
using System.Text.Json;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Racks.Local;

/// <summary>
/// Stores rate limit records in limits.json under a lock, and keeps a damaged file as limits.json.damaged. Changes that arrive
/// during a write are combined into the next one.
/// </summary>
internal sealed class LocalLimitLedger(RackDirectory rack, Func<CancellationToken, Task<IAsyncDisposable>> lockAsync) : ILimitLedger
{
    private readonly string _file = Path.Combine(rack.Location, "limits.json");
    private readonly object _gate = new();
    private List<Change>? _pending;
    private Task _last = Task.CompletedTask;

    public async Task<LimitRecords> ReadAsync(CancellationToken ct)
    {
        await rack.RequireReadableAsync(ct).ConfigureAwait(false);
        if (await AtomicFile.TryReadAsync(_file, ct).ConfigureAwait(false) is not { } json)
        {
            return new LimitRecords();
        }

        try
        {
            return JsonSerializer.Deserialize(json, LocalRackJson.Default.LimitRecords) is { } records && IsComplete(records)
                ? records
                : throw Damaged(null);
        }
        catch (JsonException e)
        {
            throw Damaged(e);
        }
    }

    public async Task UpdateAsync(Func<LimitRecords, LimitRecords> change, Action<EngineException>? onDamaged, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var pending = new Change(change, onDamaged, ct);
        Task written;
        lock (_gate)
        {
            if (_pending is null)
            {
                _pending = [];
                _last = WriteAfterAsync(_last);
            }

            _pending.Add(pending);
            written = _last;
        }

        await written.WaitAsync(ct).ConfigureAwait(false);
        pending.Failure?.Throw();
    }

    private async Task WriteAfterAsync(Task before)
    {
        // Leave the caller's thread, which holds the gate.
        await Task.Yield();
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        IAsyncDisposable held;
        IReadOnlyList<Change> changes;
        try
        {
            held = await lockAsync(CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                changes = _pending!;
                _pending = null;
            }
        }

        await using (held.ConfigureAwait(false))
        {
            await WriteAsync(changes).ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(IReadOnlyList<Change> changes)
    {
        LimitRecords records;
        try
        {
            records = await ReadAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Code == ErrorCode.LimitsDamaged)
        {
            File.Move(_file, _file + ".damaged", overwrite: true);
            changes.Select(c => c.OnDamaged).FirstOrDefault(callback => callback is not null)?.Invoke(e);
            records = new LimitRecords();
        }

        AtomicFile.RemoveUnfinished(_file);
        records = changes.Aggregate(records, (before, change) => change.Make(before));
        var json = JsonSerializer.SerializeToUtf8Bytes(records, LocalRackJson.Default.LimitRecords);
        await AtomicFile.WritePrivateAsync(_file, json, CancellationToken.None).ConfigureAwait(false);
    }

    // JSON may contain nulls that the types do not allow.
    private static bool IsComplete(LimitRecords records) =>
        records is { Uses: not null, Refusals: not null }
        && records.Uses.All(u => u is { DirectoryUrl: not null, Subject: not null })
        && records.Refusals.All(r => r is { DirectoryUrl: not null, Subject: not null });

    private EngineException Damaged(Exception? cause) => new(
        ErrorCode.LimitsDamaged,
        EngineErrorKind.InvalidData,
        $"The file '{_file}' with recent orders and rate limits is damaged{(cause is null ? "." : $": {cause.Message}")}",
        _file,
        cause)
    {
        Remedy = "Delete it; only the count of recent orders is lost.",
    };

    private sealed class Change(Func<LimitRecords, LimitRecords> make, Action<EngineException>? onDamaged, CancellationToken ct)
    {
        public Action<EngineException>? OnDamaged { get; } = onDamaged;

        public ExceptionDispatchInfo? Failure { get; private set; }

        /// <summary>Applies the change. A failure is reported to its own caller; the other changes continue.</summary>
        public LimitRecords Make(LimitRecords before)
        {
            try
            {
                return ct.IsCancellationRequested ? before : make(before);
            }
            catch (Exception e)
            {
                Failure = ExceptionDispatchInfo.Capture(e);
                return before;
            }
        }
    }
}
