namespace ConvoxSsl.Timeline;

/// <summary>The widths of the columns of a text timeline.</summary>
/// <param name="Name">The cells of the name.</param>
/// <param name="Expires">The cells of the remaining time; 0 if there is no room for it.</param>
/// <param name="Gap">The cells between two columns.</param>
/// <param name="Bar">The cells of the bar.</param>
internal sealed record TextColumns(int Name, int Expires, int Gap, int Bar)
{
    /// <summary>The cells of the state, as wide as the longest word.</summary>
    public const int State = 7;

    private const int WideWidth = 60;
    private const int ExpiresCells = 8;
    private const int MinName = 4;

    // A share of the width, so that long names leave a readable bar.
    private const double MinBarShare = 0.45;

    /// <summary>Creates the columns for a width.</summary>
    /// <param name="width">The number of cells, at least <see cref="TextTimeline.MinWidth"/>.</param>
    /// <param name="longestName">The cells that the longest name takes.</param>
    public static TextColumns Create(int width, int longestName)
    {
        var isRoomy = width >= WideWidth;
        var (gap, expires) = isRoomy ? (2, ExpiresCells) : (1, 0);
        var others = State + (2 * gap) + (isRoomy ? expires + gap : 0);
        var name = Math.Clamp(longestName, MinName, width - others - (int)(width * MinBarShare));
        return new TextColumns(name, expires, gap, width - others - name);
    }
}
