using ConvoxSsl.Engine;
using ConvoxSsl.Route53.Api;

namespace ConvoxSsl.Route53.Records;

/// <summary>
/// Edits TXT values by compare and swap: reads, sends a batch that is refused where something has changed since, and
/// then reads again.
/// </summary>
internal sealed class RecordSetWriter(IRoute53Api api, TimeProvider time)
{
    private const int MostAttempts = 20;

    // As often may a batch be refused with nothing changed to the eye, before it is AWS's last word.
    private const int MostUnchanged = 3;
    private readonly RecordSetReader _reader = new(api);

    /// <summary>Does the edits of one zone; fails at the first that cannot be done.</summary>
    /// <returns>The ids of the changes that were made.</returns>
    public async Task<IReadOnlyList<string>> WriteAsync(string zoneId, IReadOnlyList<TxtEdit> edits, CancellationToken ct)
    {
        var changeIds = new List<string>();
        var left = edits;
        var unchanged = 0;
        RecordChange[] refused = [];
        for (var attempt = 1; ; attempt++)
        {
            var (plans, refusal) = await TryAsync(zoneId, left, attempt, changeIds, ct);
            if (refusal is null)
            {
                return changeIds;
            }

            var changes = plans.SelectMany(plan => plan.Changes).ToArray();
            unchanged = AreSame(changes, refused) ? unchanged + 1 : 0;
            if (attempt == MostAttempts || unchanged == MostUnchanged)
            {
                throw Refused(plans, refusal, attempt);
            }

            (refused, left) = (changes, [.. plans.Select(plan => plan.Edit)]);
            await Task.Delay(Pause(attempt), time, ct);
        }
    }

    /// <summary>Does what it can of the edits of one zone.</summary>
    /// <returns>Why the others could not be done.</returns>
    public async Task<IReadOnlyList<EngineException>> WriteWhatCanBeAsync(string zoneId, IReadOnlyList<TxtEdit> edits, CancellationToken ct)
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
            // One name may stand in the way of a whole batch: halves find it, and all others are done.
            var half = edits.Count / 2;
            var first = await WriteWhatCanBeAsync(zoneId, [.. edits.Take(half)], ct);
            return [.. first, .. await WriteWhatCanBeAsync(zoneId, [.. edits.Skip(half)], ct)];
        }
    }

    /// <returns>The edits that are left and the refusal, or null where all are done.</returns>
    private async Task<(IReadOnlyList<PlannedEdit> Left, string? Refusal)> TryAsync(
        string zoneId, IReadOnlyList<TxtEdit> edits, int attempt, List<string> changeIds, CancellationToken ct)
    {
        var current = await _reader.ReadAsync(zoneId, edits.Select(edit => edit.Name), onePerCall: attempt > 2, ct);
        if (current.Values.FirstOrDefault(set => set.Obstacle is not null) is { Obstacle: { } obstacle })
        {
            throw obstacle;
        }

        var batches = PlannedEdit.Batches(edits.Select(edit => new PlannedEdit(edit, edit.Apply(current[edit.Name].Set))));
        for (var i = 0; i < batches.Count; i++)
        {
            var outcome = await api.ChangeResourceRecordSetsAsync(zoneId, [.. batches[i].SelectMany(plan => plan.Changes)], ct);
            if (outcome.ChangeId is null)
            {
                return ([.. batches.Skip(i).SelectMany(batch => batch)], outcome.Refusal);
            }

            changeIds.Add(outcome.ChangeId);
        }

        return ([], null);
    }

    private static bool AreSame(RecordChange[] left, RecordChange[] right) =>
        left.Length == right.Length && left.Zip(right).All(pair => pair.First.Action == pair.Second.Action
            && pair.First.Set.Name == pair.Second.Set.Name && pair.First.Set.Ttl == pair.Second.Set.Ttl
            && pair.First.Set.Values.SequenceEqual(pair.Second.Set.Values));

    // Writers that collide draw different pauses, and longer ones each time.
    private static TimeSpan Pause(int attempt) =>
        TimeSpan.FromMilliseconds(50 + (Random.Shared.NextDouble() * Math.Min(2000, 100 * attempt)));

    private static EngineException Refused(IReadOnlyList<PlannedEdit> plans, string refusal, int attempts) => new(
        ErrorCode.DnsProviderFailed,
        EngineErrorKind.Busy,
        $"Route53 refused the change at {string.Join(", ", plans.Take(3).Select(plan => plan.Edit.Name))}{(plans.Count > 3 ? " and others" : string.Empty)} {attempts} times: {refusal} "
            + "A record of another type at the name, or another program that writes there all the time, must be removed first.",
        plans[0].Edit.Name);
}
