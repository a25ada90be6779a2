namespace ConvoxSsl.TestKit.Route53;

/// <summary>A record set in a zone.</summary>
internal sealed record StoredSet(string Name, string Type, long? Ttl, IReadOnlyList<string> Values, string? SetIdentifier, bool IsAlias)
{
    public (string Name, string Type, string? SetIdentifier) Key => (Name, Type, SetIdentifier);

    // The API compares type and TTL, and ignores the order of the values.
    public bool IsExactly(StoredSet other) => Ttl == other.Ttl && IsAlias == other.IsAlias
        && Values.Order(StringComparer.Ordinal).SequenceEqual(other.Values.Order(StringComparer.Ordinal));
}

/// <summary>A zone with its record sets, in order.</summary>
internal sealed class StoredZone(TestHostedZone zone)
{
    public TestHostedZone Zone => zone;

    public string Name { get; } = RecordText.Name(zone.Name);

    public Dictionary<(string Name, string Type, string? SetIdentifier), StoredSet> Sets { get; set; } = [];

    public IEnumerable<StoredSet> InOrder() => Sets.Values
        .OrderBy(set => RecordText.SortKey(set.Name), StringComparer.Ordinal)
        .ThenBy(set => set.Type, StringComparer.Ordinal)
        .ThenBy(set => set.SetIdentifier, StringComparer.Ordinal);
}

/// <summary>A hosted zone of the server.</summary>
/// <param name="Id">Its id, without <c>/hostedzone/</c>.</param>
/// <param name="Name">Its name, without the final dot.</param>
/// <param name="IsPrivate">True if only VPCs see it.</param>
/// <param name="NameServers">Its delegation set.</param>
public sealed record TestHostedZone(string Id, string Name, bool IsPrivate, IReadOnlyList<string> NameServers);
