using System.Text.RegularExpressions;

namespace ConvoxSsl.Scenarios.Tests;

/// <summary>The text that a terminal shows, with placeholders for values that differ in each run.</summary>
/// <param name="columns">The width of the terminal.</param>
/// <param name="home">The user's home directory.</param>
internal sealed partial class Transcript(int columns, string home)
{
    /// <summary>The placeholder for the home directory, which must be as long.</summary>
    public const string Home = "/home/you";

    private const string Hexadecimal = "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF";

    private readonly List<(string? Title, IReadOnlyList<string> Lines)> _parts = [];
    private readonly HashSet<string> _randomIds = [];

    /// <summary>Adds the title of a task.</summary>
    public void AddTitle(string title) => _parts.Add((title, []));

    /// <summary>Adds lines of the terminal, and the IDs that can occur in them.</summary>
    public void Add(IReadOnlyList<string> lines)
    {
        _parts.Add((null, lines));
        _randomIds.UnionWith(Directory.EnumerateDirectories(home, "cert-*", SearchOption.AllDirectories)
            .Select(directory => RandomId().Match(directory))
            .Where(match => match.Success)
            .Select(match => match.Value));
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var labels = _parts.SelectMany(part => part.Lines).SelectMany(line => RandomLabel().Matches(line)).Select(match => match.Value)
            .Distinct()
            .ToArray();
        var lines = _parts.SelectMany(part => part.Title is { } title
            ? [string.Empty, $"# {title}"]
            : ReplaceLabels(part.Lines, labels).SelectMany(line => Fold(Normalize(line))));
        return string.Join('\n', lines.Skip(1)) + "\n";
    }

    // PowerShell splits long words, so that a label can begin on one line and end on the next.
    private static string[] ReplaceLabels(IEnumerable<string> lines, string[] labels)
    {
        var text = string.Join('\n', lines);
        foreach (var label in labels)
        {
            var split = string.Join(@"(?:\n *)?", label.ToCharArray());
            text = Regex.Replace(text, split, match => Regex.Replace(match.Value, "[0-9a-f]", "0"));
        }

        return text.Split('\n');
    }

    private string Normalize(string line)
    {
        line = line.Replace(home, Home, StringComparison.Ordinal);
        line = ShortId().Replace(line, match => _randomIds.Any(id => id.StartsWith(match.Value, StringComparison.Ordinal))
            ? Hexadecimal[..match.Length].ToLowerInvariant()
            : match.Value);
        line = Serial().Replace(line, match => Hexadecimal[..(match.Length < 40 ? 32 : 40)]);
        line = Port().Replace(line, match => "14000"[..match.Length]);
        line = Date().Replace(line, "MM/dd/yyyy hh:mm:ss AM");
        line = IsoDate().Replace(
            line, match => match.Groups["time"].Success ? $"yyyy-MM-dd{match.Groups["separator"]}hh:mm:ss" : "yyyy-MM-dd");
        line = Time().Replace(line, match => match.Length == 8 ? "hh:mm:ss" : "hh:mm");
        line = FileSize().Replace(line, match => Digit().Replace(match.Value, "0"));
        line = Resource().Replace(line, "1");
        line = Secret().Replace(line, match => Hexadecimal[..match.Length]);
        line = User().Replace(line, "you");
        line = JustNow().Replace(line, match => "now".PadRight(match.Groups["padding"].Length > 0 ? match.Length : 0));
        line = Axis().Replace(line, "(axis)");
        return Rule().IsMatch(line) ? line.Replace('┴', '─') : line;
    }

    // As the terminal does.
    private IEnumerable<string> Fold(string line)
    {
        for (var start = 0; start == 0 || start < line.Length; start += columns)
        {
            yield return line[start..Math.Min(start + columns, line.Length)].TrimEnd();
        }
    }

    // IDs of self-signed and imported certificates; those of others derive from their names and are longer.
    [GeneratedRegex(@"(?<=\bcert-)[0-9a-f]{32}$")]
    private static partial Regex RandomId();

    [GeneratedRegex("(?<=cert-)[0-9a-f]{4,32}(?![0-9a-f])")]
    private static partial Regex ShortId();

    [GeneratedRegex(@"\b(?=\d*[A-F])[0-9A-F]{28,40}\b")]
    private static partial Regex Serial();

    [GeneratedRegex(@"(?<=localhost:|127\.0\.0\.1:|\b[Pp]ort )(\d{5}|\d+(?=…))")]
    private static partial Regex Port();

    // ICU writes a narrow space before AM.
    [GeneratedRegex(@"\b\d\d?/\d\d?/\d{4} \d\d?:\d\d:\d\d[  \u202f][AP]M")]
    private static partial Regex Date();

    // The signature in a certificate varies in length.
    [GeneratedRegex(@"(?<=^-[rwx-]{9} yyyy-MM-dd hh:mm \+hh:mm +)\d+(?= )")]
    private static partial Regex FileSize();

    [GeneratedRegex(@"\d")]
    private static partial Regex Digit();

    [GeneratedRegex(@"\b\d{4}-\d\d-\d\d(?<time>(?<separator>[T ])\d\d:\d\d:\d\d(\.\d+)?)?")]
    private static partial Regex IsoDate();

    [GeneratedRegex(@"(?<![\d:.])\d\d:\d\d(:\d\d)?(?![\d:])")]
    private static partial Regex Time();

    [GeneratedRegex(@"(?<=(14000|…)/(account|order|authorization|challenge|certificate)/)\d+")]
    private static partial Regex Resource();

    // The name of a solver's test record.
    [GeneratedRegex("(?<=st-)[0-9a-f]{8}(?![0-9a-f])")]
    private static partial Regex RandomLabel();

    [GeneratedRegex("(?<=whsec_)[0-9A-Za-z+/=]+")]
    private static partial Regex Secret();

    [GeneratedRegex(@"(?<=crontab of )[^\s"".]+")]
    private static partial Regex User();

    [GeneratedRegex(@"\b(\d+ seconds? ago|now)(?<padding> +)(?=\S)|\b\d+ seconds? ago$")]
    private static partial Regex JustNow();

    // The months above a chart, and their marks on its axis.
    [GeneratedRegex("(?<=^NAME +STATUS +EXPIRES +).+$")]
    private static partial Regex Axis();

    [GeneratedRegex("^ +[─┴▼]+$")]
    private static partial Regex Rule();
}
