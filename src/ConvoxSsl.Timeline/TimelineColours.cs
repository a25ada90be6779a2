namespace ConvoxSsl.Timeline;

/// <summary>The escape sequences that colour a timeline; without colour they are empty.</summary>
public sealed record TimelineColours
{
    /// <summary>No colour.</summary>
    public static readonly TimelineColours None = new();

    /// <summary>What needs nobody.</summary>
    public string Good { get; init; } = string.Empty;

    /// <summary>What somebody should look at.</summary>
    public string Warning { get; init; } = string.Empty;

    /// <summary>What can't be used.</summary>
    public string Error { get; init; } = string.Empty;

    /// <summary>The header and the axis.</summary>
    public string Header { get; init; } = string.Empty;

    /// <summary>Today's line.</summary>
    public string Now { get; init; } = string.Empty;

    /// <summary>What ends a colour.</summary>
    public string Reset { get; init; } = string.Empty;

    /// <summary>The colour of a state.</summary>
    public string GetColour(TimelineState state) => state switch
    {
        TimelineState.Ready => Good,
        TimelineState.Due or TimelineState.Pending => Warning,
        _ => Error,
    };

    /// <summary>A text in a colour; spaces have none.</summary>
    public string Paint(string colour, string text) => colour.Length == 0 || string.IsNullOrWhiteSpace(text) ? text : $"{colour}{text}{Reset}";
}
