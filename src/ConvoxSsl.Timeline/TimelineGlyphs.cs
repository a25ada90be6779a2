using System.Text;

namespace ConvoxSsl.Timeline;

/// <summary>The characters that a timeline is drawn with. Each takes one cell.</summary>
public sealed record TimelineGlyphs
{
    /// <summary>Lines and blocks.</summary>
    public static readonly TimelineGlyphs Unicode = new();

    /// <summary>ASCII characters, which every terminal shows.</summary>
    public static readonly TimelineGlyphs Ascii = new()
    {
        IsAscii = true,
        Valid = '=',
        Window = ':',
        Renew = '*',
        Revoked = '-',
        End = 'x',
        Now = '|',
        Before = '<',
        After = '>',
        Rule = '-',
        Mark = '+',
        NowAbove = 'v',
        Replacement = '?',
        Ellipsis = "...",
    };

    /// <summary>True if all characters are ASCII.</summary>
    public bool IsAscii { get; private init; }

    /// <summary>The time until renewal.</summary>
    public char Valid { get; private init; } = '━';

    /// <summary>The renewal window.</summary>
    public char Window { get; private init; } = '░';

    /// <summary>The beginning of the renewal window.</summary>
    public char Renew { get; private init; } = '◆';

    /// <summary>The lifetime of a revoked certificate.</summary>
    public char Revoked { get; private init; } = '╌';

    /// <summary>The end of an expired or revoked certificate.</summary>
    public char End { get; private init; } = '×';

    /// <summary>The line of the current time.</summary>
    public char Now { get; private init; } = '│';

    /// <summary>A bar that ends before the axis.</summary>
    public char Before { get; private init; } = '◂';

    /// <summary>A bar that continues after the axis.</summary>
    public char After { get; private init; } = '▸';

    /// <summary>The axis.</summary>
    public char Rule { get; private init; } = '─';

    /// <summary>A mark on the axis.</summary>
    public char Mark { get; private init; } = '┴';

    /// <summary>The current time on the axis.</summary>
    public char NowAbove { get; private init; } = '▼';

    /// <summary>The replacement of a character that must not be shown.</summary>
    public char Replacement { get; private init; } = '\uFFFD';

    /// <summary>The end of a truncated name.</summary>
    public string Ellipsis { get; private init; } = "…";

    /// <summary>Returns the Unicode characters if the encoding has them, else the ASCII ones.</summary>
    public static TimelineGlyphs FromEncoding(Encoding encoding)
    {
        var all = Unicode.ToText();
        return encoding.GetString(encoding.GetBytes(all)) == all ? Unicode : Ascii;
    }

    private string ToText() => $"{Valid}{Window}{Renew}{Revoked}{End}{Now}{Before}{After}{Rule}{Mark}{NowAbove}{Ellipsis}";
}
