namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>When a CA wants a certificate renewed (RFC 9773 section 4.2), and what this rack made of it.</summary>
public sealed record RenewalAdvice
{
    /// <summary>The begin of the window; null where the CA gave none that can be used.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>The end of the window.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>The instant in the window that was drawn once; null without a window.</summary>
    public DateTimeOffset? RenewAt { get; init; }

    /// <summary>Before when the CA does not want to be asked again.</summary>
    public required DateTimeOffset AskAgainAt { get; init; }

    /// <summary>Why the CA asks for it.</summary>
    public string? ExplanationUrl { get; init; }
}
