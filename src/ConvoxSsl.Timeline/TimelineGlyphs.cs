using System.Text;

namespace ConvoxSsl.Timeline;

/// <summary>The characters that a timeline is drawn with; each takes one cell.</summary>
public sealed record TimelineGlyphs
{
    /// <summary>With lines and blocks.</summary>
    public static readonly TimelineGlyphs Unicode = new();

    /// <summary>With what every terminal has.</summary>
    public static readonly TimelineGlyphs Ascii = new()
    {
        IsAscii = true, Valid = '=', Window = ':', Renew = '*', Revoked = '-', End = 'x', Now = '|', Before = '<', After = '>', Rule = '-', Mark = '+',
        NowAbove = 'v', Replacement = '?', Ellipsis = "...",
    };

    /// <summary>Whether they are all of ASCII.</summary>
    public bool IsAscii { get; private init; }

    /// <summary>The time until renewal.</summary>
    public char Valid { get; private init; } = '━';

    /// <summary>The renewal window.</summary>
    public char Window { get; private init; } = '░';

    /// <summary>Where the renewal window begins.</summary>
    public char Renew { get; private init; } = '◆';

    /// <summary>The life of one that was revoked.</summary>
    public char Revoked { get; private init; } = '╌';

    /// <summary>The end of one that can't be used any more.</summary>
    public char End { get; private init; } = '×';

    /// <summary>Today's line.</summary>
    public char Now { get; private init; } = '│';

    /// <summary>What lies left of the axis.</summary>
    public char Before { get; private init; } = '◂';

    /// <summary>What goes on right of it.</summary>
    public char After { get; private init; } = '▸';

    /// <summary>The axis.</summary>
    public char Rule { get; private init; } = '─';

    /// <summary>A mark on the axis.</summary>
    public char Mark { get; private init; } = '┴';

    /// <summary>Now on the axis.</summary>
    public char NowAbove { get; private init; } = '▼';

    /// <summary>What takes the place of a character that must not be shown.</summary>
    public char Replacement { get; private init; } = '\uFFFD';

    /// <summary>Where a name was cut off.</summary>
    public string Ellipsis { get; private init; } = "…";

    /// <summary>The best that an encoding can show.</summary>
    public static TimelineGlyphs FromEncoding(Encoding encoding)
    {
        var all = Unicode.ToText();
        return encoding.GetString(encoding.GetBytes(all)) == all ? Unicode : Ascii;
    }

    private string ToText() => $"{Valid}{Window}{Renew}{Revoked}{End}{Now}{Before}{After}{Rule}{Mark}{NowAbove}{Ellipsis}";
}
