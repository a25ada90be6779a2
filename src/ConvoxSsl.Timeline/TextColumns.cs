namespace ConvoxSsl.Timeline;

/// <summary>How the width of a terminal is shared out.</summary>
/// <param name="Name">The cells of the name.</param>
/// <param name="Expires">The cells of the time left; 0 where there is no room for it.</param>
/// <param name="Gap">The cells between two columns.</param>
/// <param name="Bar">The cells of the bar.</param>
public sealed record TextColumns(int Name, int Expires, int Gap, int Bar)
{
    /// <summary>Nothing can be read in less.</summary>
    public const int MinWidth = 40;

    /// <summary>The cells of the state: the longest word.</summary>
    public const int State = 7;

    private const int WideWidth = 60;
    private const int ExpiresCells = 8;
    private const int MinName = 4;

    // Of the whole width, so that long names leave a bar that tells something.
    private const double MinBarShare = 0.45;

    /// <summary>The columns for a width.</summary>
    /// <param name="width">The cells that there are, not less than <see cref="MinWidth"/>.</param>
    /// <param name="longestName">The cells that the longest name would like.</param>
    public static TextColumns Create(int width, int longestName)
    {
        var isRoomy = width >= WideWidth;
        var (gap, expires) = isRoomy ? (2, ExpiresCells) : (1, 0);
        var others = State + (2 * gap) + (isRoomy ? expires + gap : 0);
        var name = Math.Clamp(longestName, MinName, width - others - (int)(width * MinBarShare));
        return new TextColumns(name, expires, gap, width - others - name);
    }
}
