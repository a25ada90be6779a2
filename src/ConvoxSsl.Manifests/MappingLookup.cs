namespace ConvoxSsl.Manifests;

/// <summary>What a mapping holds under a key, of its own or by merge keys.</summary>
internal static class MappingLookup
{
    /// <summary>The mapping's own entry, or null. Where a key stands twice, the last one counts.</summary>
    public static YamlEntry? FindOwn(YamlMapping mapping, string key) => mapping.Entries.LastOrDefault(e => e.Name == key && !e.IsMerge);

    /// <summary>The entry that counts: the mapping's own, else the first that a merge key brings.</summary>
    public static YamlEntry? Find(YamlMapping mapping, string key) => Find(mapping, key, new HashSet<YamlNode>(ReferenceEqualityComparer.Instance));

    /// <summary>The entry that merge keys bring, whatever the mapping has of its own.</summary>
    public static YamlEntry? FindMerged(YamlMapping mapping, string key) =>
        FindMerged(mapping, key, new HashSet<YamlNode>(ReferenceEqualityComparer.Instance));

    /// <summary>All keys that count, those of merge keys included, in their order.</summary>
    public static IReadOnlyList<string> GetKeys(YamlMapping mapping)
    {
        var keys = new List<string>();
        var seen = new HashSet<YamlNode>(ReferenceEqualityComparer.Instance);
        AddKeys(mapping, keys, seen);
        return [.. keys.Distinct(StringComparer.Ordinal)];
    }

    private static void AddKeys(YamlMapping mapping, List<string> keys, HashSet<YamlNode> seen)
    {
        if (!seen.Add(mapping))
        {
            return;
        }

        foreach (var entry in mapping.Entries)
        {
            if (entry.IsMerge)
            {
                foreach (var merged in GetMerged(entry))
                {
                    AddKeys(merged, keys, seen);
                }
            }
            else if (entry.Name is { } name)
            {
                keys.Add(name);
            }
        }
    }

    // A mapping that is merged over and over again is looked into once.
    private static YamlEntry? Find(YamlMapping mapping, string key, HashSet<YamlNode> seen) =>
        !seen.Add(mapping) ? null : FindOwn(mapping, key) ?? FindMerged(mapping, key, seen);

    private static YamlEntry? FindMerged(YamlMapping mapping, string key, HashSet<YamlNode> seen) =>
        mapping.Entries.Where(e => e.IsMerge).SelectMany(GetMerged).Select(m => Find(m, key, seen)).FirstOrDefault(e => e is not null);

    private static IEnumerable<YamlMapping> GetMerged(YamlEntry merge) => merge.Value.Target switch
    {
        YamlMapping one => [one],
        YamlSequence several => several.Items.Select(i => i.Target).OfType<YamlMapping>(),
        _ => [],
    };
}
