namespace ConvoxSsl.Engine.Dns.Caa;

/// <summary>One CAA property (RFC 8659 section 4.1).</summary>
/// <param name="Flags">The flags byte.</param>
/// <param name="Tag">The property tag, in its original case.</param>
/// <param name="Value">The value.</param>
public sealed record CaaRecord(byte Flags, string Tag, string Value)
{
    /// <summary>True if a CA that does not know the property must not issue.</summary>
    public bool IsCritical => (Flags & 0x80) != 0;

    /// <inheritdoc/>
    public override string ToString() => $"{Flags} {Tag} \"{Value}\"";
}

/// <summary>The relevant CAA records of a name, or the failure to look them up.</summary>
/// <param name="FoundAt">The name that has the records or at which the look-up failed; null if there are none.</param>
/// <param name="Records">The records.</param>
/// <param name="LookupError">The failure; null if there is none.</param>
public sealed record CaaRecordSet(string? FoundAt, IReadOnlyList<CaaRecord> Records, string? LookupError)
{
    /// <summary>The result if no name up the tree has CAA records.</summary>
    public static CaaRecordSet None { get; } = new(null, [], null);
}
