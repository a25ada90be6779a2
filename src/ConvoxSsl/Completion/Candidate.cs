namespace ConvoxSsl.Completion;

/// <summary>A value that a parameter could take.</summary>
/// <param name="Value">The value.</param>
/// <param name="Tip">What it is, in a line; empty where the value says it.</param>
internal sealed record Candidate(string Value, string? Tip = null);
