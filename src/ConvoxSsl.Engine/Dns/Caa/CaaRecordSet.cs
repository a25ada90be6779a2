namespace ConvoxSsl.Engine.Dns.Caa;

/// <summary>One CAA property (RFC 8659 section 4.1).</summary>
/// <param name="Flags">The flags byte.</param>
/// <param name="Tag">The property tag, as it was written.</param>
/// <param name="Value">Its value.</param>
public sealed record CaaRecord(byte Flags, string Tag, string Value)
{
    /// <summary>Whether a CA that does not know the property must not issue.</summary>
    public bool IsCritical => (Flags & 0x80) != 0;

    /// <inheritdoc/>
    public override string ToString() => $"{Flags} {Tag} \"{Value}\"";
}

/// <summary>The CAA records that hold for a name, or why they can't be told.</summary>
/// <param name="FoundAt">The name that they were found at or that the look-up failed at; null where there are none.</param>
/// <param name="Records">The records.</param>
/// <param name="LookupError">What went wrong; null where nothing did.</param>
public sealed record CaaRecordSet(string? FoundAt, IReadOnlyList<CaaRecord> Records, string? LookupError)
{
    /// <summary>No name up the tree has any.</summary>
    public static CaaRecordSet None { get; } = new(null, [], null);
}
