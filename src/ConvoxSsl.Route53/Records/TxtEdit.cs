using ConvoxSsl.Route53.Api;

namespace ConvoxSsl.Route53.Records;

/// <summary>The values to add or remove at one name.</summary>
/// <param name="Name">The plain name.</param>
/// <param name="Values">The plain values to add or remove.</param>
/// <param name="Adds">True to add the values, false to remove them.</param>
internal sealed record TxtEdit(string Name, IReadOnlyList<string> Values, bool Adds)
{
    /// <summary>The TTL of new record sets; an existing one keeps its own.</summary>
    public const long NewTtl = 60;

    // The limits of one ChangeResourceRecordSets request.
    private const int MaxRecords = 1000;
    private const int MaxCharacters = 32000;

    /// <summary>The changes to send, after <see cref="Apply"/>.</summary>
    public IReadOnlyList<RecordChange> Changes { get; private init; } = [];

    private int RecordCount => Changes.Sum(change => change.Set.Values.Count);

    private int CharacterCount => Changes.Sum(change => change.Set.Values.Sum(value => value.Length));

    /// <summary>
    /// Adds the changes that turn the current record set into the wanted one; none if nothing differs. The DELETE is exactly
    /// the current record set, so that the batch is rejected if another writer has changed it since.
    /// </summary>
    /// <param name="current">The current record set; null if there is none.</param>
    public TxtEdit Apply(RecordSet? current)
    {
        var present = current?.Values ?? [];
        var plain = present.Select(TxtValue.Unquote).ToArray();
        string[] wanted = Adds
            ? [.. present, .. Values.Distinct(StringComparer.Ordinal).Except(plain, StringComparer.Ordinal).Select(TxtValue.Quote)]
            : [.. present.Where((_, i) => !Values.Contains(plain[i]))];
        var changes = new List<RecordChange>();
        if (wanted.Length == present.Count)
        {
            return this with { Changes = changes };
        }

        if (current is not null)
        {
            changes.Add(new RecordChange("DELETE", current));
        }

        if (wanted.Length > 0)
        {
            var set = current is null ? new RecordSet(RecordName.Escape(Name), "TXT", NewTtl, wanted) : current with { Values = wanted };
            changes.Add(new RecordChange("CREATE", set));
        }

        return this with { Changes = changes };
    }

    /// <summary>Splits edits into as few batches as the limits allow; the changes of one edit stay together.</summary>
    public static IReadOnlyList<IReadOnlyList<TxtEdit>> ToBatches(IEnumerable<TxtEdit> edits)
    {
        var batches = new List<List<TxtEdit>>();
        var (records, characters) = (MaxRecords, MaxCharacters);
        foreach (var edit in edits.Where(edit => edit.Changes.Count > 0))
        {
            (records, characters) = (records + edit.RecordCount, characters + edit.CharacterCount);
            if (records > MaxRecords || characters > MaxCharacters)
            {
                batches.Add([]);
                (records, characters) = (edit.RecordCount, edit.CharacterCount);
            }

            batches[^1].Add(edit);
        }

        return batches;
    }
}
