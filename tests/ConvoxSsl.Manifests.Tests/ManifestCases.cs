using System.Text;

namespace ConvoxSsl.Manifests.Tests;

/// <summary>An edit of a manifest and its expected result.</summary>
/// <param name="Name">The special property of the manifest.</param>
/// <param name="Service">The service.</param>
/// <param name="Id">The id to set; null to remove it.</param>
/// <param name="Before">The manifest before the edit.</param>
/// <param name="After">The manifest after the edit; null if the edit is rejected.</param>
/// <param name="RemovalRestores">True if removing the id restores the manifest.</param>
public sealed record ManifestCase(string Name, string Service, string? Id, string Before, string? After, bool RemovalRestores);

/// <summary>
/// The files in Cases. Each contains a title, a command, and a manifest whose removed and added lines are marked as in a
/// diff, so that all other lines are unchanged. ␍ is a carriage return. A line with only a backslash means that the
/// previous line has no line break. "again" means that a removal does not restore the manifest.
/// </summary>
internal static class ManifestCases
{
    public static IReadOnlyList<ManifestCase> All { get; } =
    [
        .. typeof(ManifestCases).Assembly
            .GetManifestResourceNames()
            .Where(n => n.StartsWith("manifests/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .SelectMany(ReadFile),
    ];

    private static IEnumerable<ManifestCase> ReadFile(string name)
    {
        using var reader = new StreamReader(typeof(ManifestCases).Assembly.GetManifestResourceStream(name)!);
        return [.. ("\n" + reader.ReadToEnd().ReplaceLineEndings("\n")).Split("\n=== ").Skip(1).Select(Read)];
    }

    private static ManifestCase Read(string text)
    {
        var lines = text.TrimEnd('\n').Split('\n');
        var refuses = lines[1].StartsWith("refuse ", StringComparison.Ordinal);
        var command = lines[1].Split(' ').Skip(refuses ? 1 : 0).ToArray();
        var isAgain = lines[2].StartsWith("again ", StringComparison.Ordinal);
        var body = lines.Skip(isAgain ? 3 : 2).ToArray();
        return new ManifestCase(
            lines[0],
            command[1],
            command[0] == "set" ? command[2] : null,
            Join(body, '-'),
            refuses ? null : Join(body, '+'),
            command[0] == "set" && !refuses && !isAgain && body.Any(IsChanged) && !body.Any(IsReplacedId));
    }

    private static string Join(IEnumerable<string> lines, char marked)
    {
        var text = new StringBuilder();
        var isIn = true;
        foreach (var line in lines)
        {
            if (line == "\\")
            {
                text.Length -= isIn ? 1 : 0;
                continue;
            }

            isIn = line.Length == 0 || line[0] == ' ' || line[0] == marked;
            text.Append(isIn ? (line.Length == 0 ? line : line[1..]).Replace('␍', '\r') + "\n" : string.Empty);
        }

        return text.ToString();
    }

    private static bool IsChanged(string line) => line.Length > 0 && line[0] is '+' or '-';

    // A removal does not restore a replaced id.
    private static bool IsReplacedId(string line) =>
        line.StartsWith('-') && (line.Contains("cert-old", StringComparison.Ordinal) || line.Contains("id:", StringComparison.Ordinal));
}
