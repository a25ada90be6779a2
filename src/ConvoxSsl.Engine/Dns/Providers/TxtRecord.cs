namespace ConvoxSsl.Engine.Dns.Providers;

/// <summary>One TXT value at a name.</summary>
/// <param name="Name">The full name in lower-cased A-labels, without the final dot.</param>
/// <param name="Value">The value without quotes: at most 255 printable ASCII characters.</param>
public sealed record TxtRecord(string Name, string Value);
