using System.Runtime.ExceptionServices;
using System.Text.Json;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Racks.Local;

/// <summary>
/// limits.json, written under a lock; a damaged one is kept as limits.json.damaged. Changes that come while another is
/// written wait, and are written together.
/// </summary>
internal sealed class LocalLimitLedger(string root, Func<CancellationToken, Task<IAsyncDisposable>> lockAsync) : ILimitLedger
{
    private const string DamagedCode = "LimitsDamaged";

    private readonly string _file = Path.Combine(root, "limits.json");
    private readonly object _gate = new();
    private List<Change>? _gathered;
    private Task _last = Task.CompletedTask;

    public async Task<LimitRecords> ReadAsync(CancellationToken ct)
    {
        await RackFormat.RequireReadableAsync(root, ct).ConfigureAwait(false);
        if (await AtomicFile.TryReadAsync(_file, ct).ConfigureAwait(false) is not { } json)
        {
            return new LimitRecords();
        }

        try
        {
            return JsonSerializer.Deserialize(json, LocalRackJson.Default.LimitRecords) is { } records && IsWhole(records) ? records : throw Damaged(null);
        }
        catch (JsonException e)
        {
            throw Damaged(e);
        }
    }

    public async Task UpdateAsync(Func<LimitRecords, LimitRecords> change, Action<EngineException>? onDamaged, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var mine = new Change(change, onDamaged, ct);
        Task written;
        lock (_gate)
        {
            if (_gathered is null)
            {
                _gathered = [];
                _last = WriteAfterAsync(_last);
            }

            _gathered.Add(mine);
            written = _last;
        }

        await written.WaitAsync(ct).ConfigureAwait(false);
        mine.Failure?.Throw();
    }

    private async Task WriteAfterAsync(Task before)
    {
        // Not on the caller's thread, which is inside the gate.
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
                changes = _gathered!;
                _gathered = null;
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
        catch (EngineException e) when (e.Code == DamagedCode)
        {
            File.Move(_file, _file + ".damaged", overwrite: true);
            changes.Select(c => c.OnDamaged).FirstOrDefault(told => told is not null)?.Invoke(e);
            records = new LimitRecords();
        }

        RemoveUnfinished();
        records = changes.Aggregate(records, (before, change) => change.Make(before));
        await AtomicFile.WritePrivateAsync(_file, JsonSerializer.SerializeToUtf8Bytes(records, LocalRackJson.Default.LimitRecords), CancellationToken.None).ConfigureAwait(false);
    }

    private void RemoveUnfinished()
    {
        foreach (var unfinished in Directory.GetFiles(root, $"{Path.GetFileName(_file)}.*{AtomicFile.UnfinishedSuffix}"))
        {
            File.Delete(unfinished);
        }
    }

    // JSON may hold null where the types allow none.
    private static bool IsWhole(LimitRecords records) =>
        records is { Uses: not null, Refusals: not null }
        && records.Uses.All(u => u is { DirectoryUrl: not null, Subject: not null })
        && records.Refusals.All(r => r is { DirectoryUrl: not null, Subject: not null });

    private EngineException Damaged(Exception? cause) => new(
        DamagedCode,
        EngineErrorKind.InvalidData,
        $"The file '{_file}', which records what was ordered and refused, is damaged{(cause is null ? string.Empty : $": {cause.Message}")}. Remove it: only the count of recent orders is lost.",
        _file,
        cause);

    private sealed class Change(Func<LimitRecords, LimitRecords> make, Action<EngineException>? onDamaged, CancellationToken ct)
    {
        public Action<EngineException>? OnDamaged { get; } = onDamaged;

        public ExceptionDispatchInfo? Failure { get; private set; }

        /// <summary>A change that fails is the matter of who wanted it; the others go on.</summary>
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
