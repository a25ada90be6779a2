using System.Text;
using System.Text.RegularExpressions;

namespace ConvoxSsl.Scheduling;

/// <summary>The text of a crontab (crontab(5)), in which a rack's line is put, found and removed; every other byte stays.</summary>
/// <remarks>Held as Latin-1, in which every byte is a character, because a crontab may be in any encoding.</remarks>
internal sealed partial class Crontab
{
    private readonly IReadOnlyList<string> _lines;

    private Crontab(IReadOnlyList<string> lines) => _lines = lines;

    /// <summary>Whether there is nothing in it.</summary>
    public bool IsEmpty => _lines.Count == 0;

    /// <summary>Reads the bytes of a crontab.</summary>
    public static Crontab Parse(ReadOnlySpan<byte> bytes) => new([.. Line().Matches(Encoding.Latin1.GetString(bytes)).Select(match => match.Value)]);

    /// <summary>The bytes of the crontab.</summary>
    public byte[] ToBytes() => Encoding.Latin1.GetBytes(string.Concat(_lines));

    /// <summary>A rack's line without its line break, or null.</summary>
    public string? Find(string rack) =>
        _lines.FirstOrDefault(line => IsLineOf(line, rack)) is { } line ? Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(line)).TrimEnd('\n') : null;

    /// <summary>Puts a rack's line where its old one is, or at the end.</summary>
    public Crontab With(RenewalCommand command, RenewalTimes times)
    {
        var line = ToLatin1($"{times.Cron} {CreateCommandLine(command, times)}{CreateMark(command.Rack)}\n");
        var at = _lines.TakeWhile(l => !IsLineOf(l, command.Rack)).Count();
        var others = Without(command.Rack)._lines;

        // cron does not run a last line that has no line break.
        var ended = at == others.Count && at > 0 && !others[^1].EndsWith('\n') ? [.. others.SkipLast(1), others[^1] + "\n"] : others;
        return new Crontab([.. ended.Take(at), line, .. ended.Skip(at)]);
    }

    /// <summary>Takes a rack's line out.</summary>
    public Crontab Without(string rack) => new([.. _lines.Where(line => !IsLineOf(line, rack))]);

    /// <summary>The times of a line, or null where it has others than such as were written.</summary>
    public static RenewalTimes? FindTimes(string line) => Schedule().Match(line) is { Success: true } match
        ? RenewalTimes.FromTime(match.Groups["hour"].Value, match.Groups["minute"].Value, RenewalCommand.FindDelay(line))
        : null;

    /// <summary>The command of a line, as the shell gets it.</summary>
    public static string FindCommand(string line, string rack)
    {
        var command = line.EndsWith(CreateMark(rack), StringComparison.Ordinal) ? line[..^CreateMark(rack).Length] : line;
        return Schedule().Replace(command, string.Empty).Replace("\\%", "%", StringComparison.Ordinal);
    }

    private static string CreateCommandLine(RenewalCommand command, RenewalTimes times) =>
        EscapePercents(string.Join(' ', command.GetArguments(times.First.Second).Prepend(command.PowerShell).Select(Quote)));

    // A comment for the shell, so that line and mark can't be parted.
    private static string CreateMark(string rack) => EscapePercents($" # ConvoxSsl renewal of rack {Quote(rack)}");

    // A line that somebody has commented out is theirs.
    private static bool IsLineOf(string line, string rack) => !line.TrimStart().StartsWith('#') && line.TrimEnd('\n').EndsWith(ToLatin1(CreateMark(rack)), StringComparison.Ordinal);

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    // cron makes a line break of a percent sign, unless it stands behind a backslash, which it takes away.
    private static string EscapePercents(string text) => text.Replace("%", "\\%", StringComparison.Ordinal);

    private static string ToLatin1(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    [GeneratedRegex(@"[^\n]*\n|[^\n]+")]
    private static partial Regex Line();

    [GeneratedRegex(@"^(?<minute>[0-9]+) (?<hour>[0-9]+),[0-9]+ \* \* \* ")]
    private static partial Regex Schedule();
}
