namespace ConvoxSsl.Manifests;

/// <summary>Finds entries of a mapping, its own and those from merge keys.</summary>
internal static class MappingLookup
{
    /// <summary>Finds the mapping's own entry, or returns null. The last of several entries with the same key counts.</summary>
    public static YamlEntry? FindOwn(YamlMapping mapping, string key) =>
        mapping.Entries.LastOrDefault(e => e.Name == key && !e.IsMerge);

    /// <summary>Finds the effective entry: the mapping's own, or else the first one from a merge key.</summary>
    public static YamlEntry? Find(YamlMapping mapping, string key) =>
        Find(mapping, key, new HashSet<YamlNode>(ReferenceEqualityComparer.Instance));

    /// <summary>Finds the entry from merge keys, even if the mapping has its own.</summary>
    public static YamlEntry? FindMerged(YamlMapping mapping, string key) =>
        FindMerged(mapping, key, new HashSet<YamlNode>(ReferenceEqualityComparer.Instance));

    /// <summary>Returns all keys in order, including those from merge keys.</summary>
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

    // A mapping that is merged repeatedly is searched once.
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
