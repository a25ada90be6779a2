namespace ConvoxSsl.Manifests;

/// <summary>The lines of a YAML text, and the few tokens in it whose places its reader does not tell.</summary>
internal static class YamlLines
{
    // YAML 1.1, which Convox reads, also breaks lines at these three.
    private static bool IsBreak(char c) => c is '\n' or '\r' or '\u0085' or '\u2028' or '\u2029';

    public static bool IsBlank(char c) => c is ' ' or '\t';

    /// <summary>Whether a line begins here.</summary>
    public static bool IsStart(string text, int at) => at == 0 || IsBreak(text[at - 1]);

    public static int StartOf(string text, int at)
    {
        while (!IsStart(text, at))
        {
            at--;
        }

        return at;
    }

    /// <summary>Where the line's break begins, or the text ends.</summary>
    public static int EndOf(string text, int at)
    {
        while (at < text.Length && !IsBreak(text[at]))
        {
            at++;
        }

        return at;
    }

    /// <summary>Where the next line begins, or the text ends.</summary>
    public static int NextOf(string text, int at)
    {
        var end = EndOf(text, at);
        return end + BreakAt(text, end).Length;
    }

    /// <summary>The break that ends the line before, else the first one of the text.</summary>
    public static string BreakFor(string text, int at)
    {
        var before = at > 0 && IsBreak(text[at - 1]) ? at - (at > 1 && text[at - 1] == '\n' && text[at - 2] == '\r' ? 2 : 1) : EndOf(text, 0);
        return BreakAt(text, before) is { Length: > 0 } found ? found : "\n";
    }

    /// <summary>The line and column of a position, from 1.</summary>
    public static (int Line, int Column) Position(string text, int at)
    {
        var line = 1;
        for (var start = 0; ; line++)
        {
            var next = NextOf(text, start);
            if (next > at || next == text.Length)
            {
                return (line, at - start + 1);
            }

            start = next;
        }
    }

    /// <summary>The blanks before a key, or null where something else stands there.</summary>
    public static string? IndentationOf(string text, int at)
    {
        var indentation = text[StartOf(text, at)..at];
        return indentation.All(c => c == ' ') ? indentation : null;
    }

    /// <summary>Whether nothing but blanks and a comment follows on the line.</summary>
    public static bool EndsLine(string text, int at)
    {
        var rest = text.AsSpan(at, EndOf(text, at) - at).TrimStart(" \t");
        return rest.Length == 0 || (rest[0] == '#' && rest.Length < EndOf(text, at) - at);
    }

    /// <summary>Skips blanks, breaks and comments.</summary>
    public static int SkipSpace(string text, int at)
    {
        while (at < text.Length)
        {
            if (text[at] == '#')
            {
                at = EndOf(text, at);
            }
            else if (IsBlank(text[at]) || IsBreak(text[at]))
            {
                at++;
            }
            else
            {
                break;
            }
        }

        return at;
    }

    /// <summary>Skips the anchor and the tag of a node, and the space behind them unless the node is empty.</summary>
    public static int SkipProperties(string text, int at, bool isEmpty)
    {
        while (at < text.Length && text[at] is '&' or '!')
        {
            var end = at;
            var isVerbatim = text.AsSpan(at).StartsWith("!<");
            while (end < text.Length && !IsBlank(text[end]) && !IsBreak(text[end]) && (isVerbatim || text[end] is not (',' or '[' or ']' or '{' or '}')))
            {
                end++;
            }

            var next = SkipSpace(text, end);
            if (isEmpty && (next == text.Length || text[next] is not ('&' or '!')))
            {
                return end;
            }

            at = next;
        }

        return at;
    }

    private static string BreakAt(string text, int at) =>
        at >= text.Length ? string.Empty : text.AsSpan(at).StartsWith("\r\n") ? "\r\n" : IsBreak(text[at]) ? text[at..(at + 1)] : string.Empty;
}
