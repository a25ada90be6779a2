namespace ConvoxSsl.Completion;

/// <summary>A possible value of a parameter.</summary>
/// <param name="Value">The value.</param>
/// <param name="Tip">The tool tip; by default the value.</param>
internal sealed record Candidate(string Value, string? Tip = null);
