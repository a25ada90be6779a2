using System.Text;
using System.Text.RegularExpressions;

namespace ConvoxSsl.Scheduling;

/// <summary>The text of a crontab (crontab(5)). Adds, finds and removes the line of a rack; all other bytes stay the same.</summary>
/// <remarks>The text is kept as Latin-1, which maps every byte to a character, because a crontab may have any encoding.</remarks>
internal sealed partial class Crontab
{
    private readonly IReadOnlyList<string> _lines;

    private Crontab(IReadOnlyList<string> lines) => _lines = lines;

    /// <summary>True if the crontab has no lines.</summary>
    public bool IsEmpty => _lines.Count == 0;

    /// <summary>Parses the bytes of a crontab.</summary>
    public static Crontab Parse(ReadOnlySpan<byte> bytes) =>
        new([.. Line().Matches(Encoding.Latin1.GetString(bytes)).Select(match => match.Value)]);

    /// <summary>Returns the bytes of the crontab.</summary>
    public byte[] ToBytes() => Encoding.Latin1.GetBytes(string.Concat(_lines));

    /// <summary>Finds a rack's line, without its line break, or returns null.</summary>
    public string? Find(string rack) => _lines.FirstOrDefault(line => IsLineOf(line, rack)) is { } line
        ? Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(line)).TrimEnd('\n')
        : null;

    /// <summary>Returns a crontab with a rack's line in the place of its old line, or at the end.</summary>
    public Crontab With(RenewalCommand command, RenewalTimes times)
    {
        var line = ToLatin1($"{times.Cron} {CreateCommandLine(command, times)}{CreateMark(command.Rack)}\n");
        var at = _lines.TakeWhile(l => !IsLineOf(l, command.Rack)).Count();
        var others = Without(command.Rack)._lines;

        // cron does not run a last line without a line break.
        var ended = at == others.Count && at > 0 && !others[^1].EndsWith('\n')
            ? [.. others.SkipLast(1), others[^1] + "\n"]
            : others;
        return new Crontab([.. ended.Take(at), line, .. ended.Skip(at)]);
    }

    /// <summary>Returns a crontab without a rack's line.</summary>
    public Crontab Without(string rack) => new([.. _lines.Where(line => !IsLineOf(line, rack))]);

    /// <summary>Finds the times of a line, or returns null if the line was edited by hand.</summary>
    public static RenewalTimes? FindTimes(string line) =>
        RenewalTimes.FromMatch(Schedule().Match(line), line);

    /// <summary>Returns the command of a line as the shell receives it.</summary>
    public static string FindCommand(string line, string rack)
    {
        var command = line.EndsWith(CreateMark(rack), StringComparison.Ordinal) ? line[..^CreateMark(rack).Length] : line;
        return Schedule().Replace(command, string.Empty).Replace("\\%", "%", StringComparison.Ordinal);
    }

    private static string CreateCommandLine(RenewalCommand command, RenewalTimes times) =>
        EscapePercents(string.Join(' ', command.GetArguments(times.First.Second).Prepend(command.PowerShell).Select(Quote)));

    // A shell comment on the same line, so that the line and its mark stay together.
    private static string CreateMark(string rack) => EscapePercents($" # ConvoxSsl renewal of rack {Quote(rack)}");

    // A line that the user has commented out is left alone.
    private static bool IsLineOf(string line, string rack) =>
        !line.TrimStart().StartsWith('#') && line.TrimEnd('\n').EndsWith(ToLatin1(CreateMark(rack)), StringComparison.Ordinal);

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    // cron turns a percent sign into a line break unless a backslash precedes it; it removes the backslash.
    private static string EscapePercents(string text) => text.Replace("%", "\\%", StringComparison.Ordinal);

    private static string ToLatin1(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    [GeneratedRegex(@"[^\n]*\n|[^\n]+")]
    private static partial Regex Line();

    [GeneratedRegex(@"^(?<minute>[0-9]+) (?<hour>[0-9]+),[0-9]+ \* \* \* ")]
    private static partial Regex Schedule();
}
