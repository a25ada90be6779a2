namespace ConvoxSsl;

/// <summary>The CA's problem with one identifier of an order (RFC 8555 section 6.7.1).</summary>
public sealed record ConvoxAcmeProblem
{
    /// <summary>The name or IP address.</summary>
    public string? Identifier { get; init; }

    /// <summary>The problem type, such as <c>urn:ietf:params:acme:error:dns</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The CA's message for the user.</summary>
    public string? Detail { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Identifier}: {Detail} ({Type})";
}
