using ConvoxSsl.Route53.Api;

namespace ConvoxSsl.Route53.Records;

/// <summary>What is to become of the values at one name.</summary>
/// <param name="Name">The plain name.</param>
/// <param name="Values">The plain values to add or remove.</param>
/// <param name="Adds">Whether they are added.</param>
internal sealed record TxtEdit(string Name, IReadOnlyList<string> Values, bool Adds)
{
    /// <summary>The TTL of record sets that are made; one that is there keeps its own.</summary>
    public const long NewTtl = 60;

    /// <summary>
    /// The changes that turn what was read into what is wanted: none where it is so already. The DELETE is exactly what
    /// was read, so that the batch is refused where somebody else has written since.
    /// </summary>
    /// <param name="current">What was read; null where there is nothing.</param>
    public IReadOnlyList<RecordChange> Apply(RecordSet? current)
    {
        var present = current?.Values ?? [];
        var wanted = Adds ? Union(present) : [.. present.Where(value => !Values.Contains(TxtValue.Unquote(value)))];
        if (wanted.Count == present.Count)
        {
            return [];
        }

        var changes = new List<RecordChange>();
        if (current is not null)
        {
            changes.Add(new RecordChange("DELETE", current));
        }

        if (wanted.Count > 0)
        {
            changes.Add(new RecordChange("CREATE", current is null ? new RecordSet(RecordName.Escape(Name), "TXT", NewTtl, wanted) : current with { Values = wanted }));
        }

        return changes;
    }

    private List<string> Union(IReadOnlyList<string> present)
    {
        var plain = present.Select(TxtValue.Unquote).ToHashSet(StringComparer.Ordinal);
        return [.. present, .. Values.Distinct(StringComparer.Ordinal).Where(value => !plain.Contains(value)).Select(TxtValue.Quote)];
    }
}

/// <summary>An edit with the changes that it takes now.</summary>
/// <param name="Edit">The edit.</param>
/// <param name="Changes">Its changes.</param>
internal sealed record PlannedEdit(TxtEdit Edit, IReadOnlyList<RecordChange> Changes)
{
    // The limits of one ChangeResourceRecordSets request.
    private const int MostRecords = 1000;
    private const int MostCharacters = 32000;

    private int Records => Changes.Sum(change => change.Set.Values.Count);

    private int Characters => Changes.Sum(change => change.Set.Values.Sum(value => value.Length));

    /// <summary>As few batches as the limits allow; the changes of one edit stay together.</summary>
    public static IReadOnlyList<IReadOnlyList<PlannedEdit>> Batches(IEnumerable<PlannedEdit> edits)
    {
        var batches = new List<List<PlannedEdit>>();
        var (records, characters) = (MostRecords, MostCharacters);
        foreach (var edit in edits.Where(edit => edit.Changes.Count > 0))
        {
            (records, characters) = (records + edit.Records, characters + edit.Characters);
            if (records > MostRecords || characters > MostCharacters)
            {
                batches.Add([]);
                (records, characters) = (edit.Records, edit.Characters);
            }

            batches[^1].Add(edit);
        }

        return batches;
    }
}
