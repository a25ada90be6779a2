namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>A CA's renewal information (RFC 9773 section 4.2), and the renewal time that was chosen from it.</summary>
public sealed record RenewalAdvice
{
    /// <summary>The start of the suggested window; null if the CA returned no valid window.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>The end of the suggested window.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>The random time in the window, chosen once; null without a window.</summary>
    public DateTimeOffset? RenewAt { get; init; }

    /// <summary>The earliest time of the next request (Retry-After).</summary>
    public required DateTimeOffset AskAgainAt { get; init; }

    /// <summary>The CA's page with the reason for the suggestion.</summary>
    public string? ExplanationUrl { get; init; }
}
