using ConvoxSsl.Engine;
using ConvoxSsl.Route53.Api;

namespace ConvoxSsl.Route53.Records;

/// <summary>
/// Edits TXT values by compare-and-swap: reads the record sets, sends a batch that is rejected if they have changed since, and
/// in that case starts again.
/// </summary>
internal sealed class RecordSetWriter(Route53Client api, TimeProvider time) : IDisposable
{
    private const int MaxAttempts = 20;

    // Give up after this many rejections of an unchanged batch.
    private const int MaxUnchanged = 3;

    private readonly RecordSetReader _reader = new(api);

    // One writer at a time, so that tasks of one provider do not invalidate each other's batches.
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Applies the edits of one zone; fails at the first that cannot be applied.</summary>
    /// <returns>The ids of the changes.</returns>
    public async Task<IReadOnlyList<string>> WriteAsync(string zoneId, IReadOnlyList<TxtEdit> edits, CancellationToken ct)
    {
        var changeIds = new List<string>();
        var remaining = edits;
        var unchanged = 0;
        RecordChange[] rejected = [];
        await _turn.WaitAsync(ct);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                (remaining, var rejection) = await TryWriteAsync(zoneId, remaining, attempt, changeIds, ct);
                if (rejection is null)
                {
                    return changeIds;
                }

                var changes = remaining.SelectMany(edit => edit.Changes).ToArray();
                unchanged = AreSame(changes, rejected) ? unchanged + 1 : 0;
                if (attempt == MaxAttempts || unchanged == MaxUnchanged)
                {
                    throw Rejected(remaining, rejection, attempt);
                }

                rejected = changes;
                await Task.Delay(CreateDelay(attempt), time, ct);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Applies as many edits of one zone as possible.</summary>
    /// <returns>The failures of the others.</returns>
    public async Task<IReadOnlyList<EngineException>> TryWriteAllAsync(string zoneId, IReadOnlyList<TxtEdit> edits, CancellationToken ct)
    {
        try
        {
            await WriteAsync(zoneId, edits, ct);
            return [];
        }
        catch (EngineException e) when (edits.Count == 1 || !edits.Any(edit => edit.Name == e.Value as string))
        {
            return [e];
        }
        catch (EngineException)
        {
            // One name can fail a whole batch. Halving isolates it, and all others are written.
            var half = edits.Count / 2;
            var failures = await TryWriteAllAsync(zoneId, [.. edits.Take(half)], ct);
            return [.. failures, .. await TryWriteAllAsync(zoneId, [.. edits.Skip(half)], ct)];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <returns>The edits that remain and the reason of the rejection; null if all are applied.</returns>
    private async Task<(IReadOnlyList<TxtEdit> Remaining, string? Rejection)> TryWriteAsync(
        string zoneId, IReadOnlyList<TxtEdit> edits, int attempt, List<string> changeIds, CancellationToken ct)
    {
        var current = await _reader.ReadAsync(zoneId, edits.Select(edit => edit.Name), onePerRequest: attempt > 2, ct);
        if (current.Values.FirstOrDefault(set => set.Obstacle is not null) is { Obstacle: { } obstacle })
        {
            throw obstacle;
        }

        var batches = TxtEdit.ToBatches(edits.Select(edit => edit.Apply(current[edit.Name].Set)));
        for (var i = 0; i < batches.Count; i++)
        {
            var outcome = await api.ChangeResourceRecordSetsAsync(zoneId, [.. batches[i].SelectMany(edit => edit.Changes)], ct);
            if (outcome.ChangeId is null)
            {
                return ([.. batches.Skip(i).SelectMany(batch => batch)], outcome.Rejection);
            }

            changeIds.Add(outcome.ChangeId);
        }

        return ([], null);
    }

    private static bool AreSame(RecordChange[] left, RecordChange[] right) =>
        left.Length == right.Length && left.Zip(right).All(pair => pair.First.Action == pair.Second.Action
            && pair.First.Set.Name == pair.Second.Set.Name && pair.First.Set.Ttl == pair.Second.Set.Ttl
            && pair.First.Set.Values.SequenceEqual(pair.Second.Set.Values));

    // Random and increasing, so that concurrent writers do not collide again.
    private static TimeSpan CreateDelay(int attempt) =>
        TimeSpan.FromMilliseconds(50 + (Random.Shared.NextDouble() * Math.Min(2000, 100 * attempt)));

    private static EngineException Rejected(IReadOnlyList<TxtEdit> edits, string rejection, int attempts)
    {
        var names = string.Join(", ", edits.Take(3).Select(edit => edit.Name));
        return new EngineException(
            ErrorCode.DnsProviderFailed,
            EngineErrorKind.Busy,
            $"Route53 rejected the change at {names}{(edits.Count > 3 ? " and others" : string.Empty)} {attempts} times: {rejection}",
            edits[0].Name)
        {
            Remedy = "Remove any record of another type at the name, and stop other programs that keep writing there.",
        };
    }
}
