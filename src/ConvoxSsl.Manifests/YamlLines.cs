namespace ConvoxSsl.Manifests;

/// <summary>Finds lines in a YAML text, and the few tokens whose positions the parser does not report.</summary>
internal static class YamlLines
{
    // YAML 1.1, which Convox reads, has three more line breaks than LF and CR.
    private static bool IsBreak(char c) => c is '\n' or '\r' or '\u0085' or '\u2028' or '\u2029';

    public static bool IsBlank(char c) => c is ' ' or '\t';

    /// <summary>Returns true at the beginning of a line.</summary>
    public static bool IsStart(string text, int at) => at == 0 || IsBreak(text[at - 1]);

    public static int FindStart(string text, int at)
    {
        while (!IsStart(text, at))
        {
            at--;
        }

        return at;
    }

    /// <summary>Finds the line break at the end of a line, or the end of the text.</summary>
    public static int FindEnd(string text, int at)
    {
        while (at < text.Length && !IsBreak(text[at]))
        {
            at++;
        }

        return at;
    }

    /// <summary>Finds the beginning of the next line, or the end of the text.</summary>
    public static int FindNext(string text, int at)
    {
        var end = FindEnd(text, at);
        return end + GetBreakAt(text, end).Length;
    }

    /// <summary>Returns the line break before a position, or else the first one of the text.</summary>
    public static string GetBreakFor(string text, int at)
    {
        var length = at > 1 && text[at - 1] == '\n' && text[at - 2] == '\r' ? 2 : 1;
        var start = at > 0 && IsBreak(text[at - 1]) ? at - length : FindEnd(text, 0);
        return GetBreakAt(text, start) is { Length: > 0 } lineBreak ? lineBreak : "\n";
    }

    /// <summary>Returns the line and column of a position, from 1.</summary>
    public static (int Line, int Column) GetPosition(string text, int at)
    {
        var line = 1;
        for (var start = 0; ; line++)
        {
            var next = FindNext(text, start);
            if (next > at || next == text.Length)
            {
                return (line, at - start + 1);
            }

            start = next;
        }
    }

    /// <summary>Returns the spaces before a key, or null if other text precedes it.</summary>
    public static string? FindIndentation(string text, int at)
    {
        var indentation = text[FindStart(text, at)..at];
        return indentation.All(c => c == ' ') ? indentation : null;
    }

    /// <summary>Returns true if only blanks and a comment follow on the line.</summary>
    public static bool EndsLine(string text, int at)
    {
        var rest = text.AsSpan(at, FindEnd(text, at) - at).TrimStart(" \t");
        return rest.Length == 0 || (rest[0] == '#' && rest.Length < FindEnd(text, at) - at);
    }

    /// <summary>Skips blanks, breaks and comments.</summary>
    public static int SkipSpace(string text, int at)
    {
        while (at < text.Length)
        {
            if (text[at] == '#')
            {
                at = FindEnd(text, at);
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

    /// <summary>Skips the anchor and the tag of a node, and the space after them unless the node is empty.</summary>
    public static int SkipProperties(string text, int at, bool isEmpty)
    {
        while (at < text.Length && text[at] is '&' or '!')
        {
            var end = at;
            var isVerbatim = text.AsSpan(at).StartsWith("!<");
            while (end < text.Length
                && !IsBlank(text[end])
                && !IsBreak(text[end])
                && (isVerbatim || text[end] is not (',' or '[' or ']' or '{' or '}')))
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

    private static string GetBreakAt(string text, int at) =>
        at >= text.Length ? string.Empty
        : text.AsSpan(at).StartsWith("\r\n") ? "\r\n"
        : IsBreak(text[at]) ? text[at..(at + 1)]
        : string.Empty;
}
