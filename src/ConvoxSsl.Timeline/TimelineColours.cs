namespace ConvoxSsl.Timeline;

/// <summary>The escape sequences that colour a timeline. They are empty without colour.</summary>
public sealed record TimelineColours
{
    /// <summary>No colour.</summary>
    public static readonly TimelineColours None = new();

    /// <summary>The colour of certificates that need no action.</summary>
    public string Good { get; init; } = string.Empty;

    /// <summary>The colour of certificates that need attention.</summary>
    public string Warning { get; init; } = string.Empty;

    /// <summary>The colour of certificates that cannot be used.</summary>
    public string Error { get; init; } = string.Empty;

    /// <summary>The colour of the header and the axis.</summary>
    public string Header { get; init; } = string.Empty;

    /// <summary>The colour of the line of the current time.</summary>
    public string Now { get; init; } = string.Empty;

    /// <summary>The sequence that ends a colour.</summary>
    public string Reset { get; init; } = string.Empty;

    /// <summary>Returns the colour of a state.</summary>
    internal string GetColour(TimelineState state) => state switch
    {
        TimelineState.Ready => Good,
        TimelineState.Due or TimelineState.Pending => Warning,
        _ => Error,
    };

    /// <summary>Returns a text in a colour; a text of spaces stays as it is.</summary>
    public string Paint(string colour, string text) =>
        colour.Length == 0 || string.IsNullOrWhiteSpace(text) ? text : $"{colour}{text}{Reset}";
}
