namespace ConvoxSsl;

/// <summary>What a CA said of one identifier of an order (RFC 8555 section 6.7.1).</summary>
public sealed record ConvoxAcmeProblem
{
    /// <summary>The name or address that it is about.</summary>
    public string? Identifier { get; init; }

    /// <summary>The problem's type, such as <c>urn:ietf:params:acme:error:dns</c>.</summary>
    public string? Type { get; init; }

    /// <summary>What the CA says to a human.</summary>
    public string? Detail { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Identifier}: {Detail} ({Type})";
}
