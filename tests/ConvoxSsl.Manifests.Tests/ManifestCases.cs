using System.Text;

namespace ConvoxSsl.Manifests.Tests;

/// <summary>An edit of a manifest, and what must come of it.</summary>
/// <param name="Name">The special property of the manifest.</param>
/// <param name="Service">The service.</param>
/// <param name="Id">The id that is set; null where it is removed.</param>
/// <param name="Before">The manifest.</param>
/// <param name="After">The manifest afterwards; null where the edit is refused.</param>
/// <param name="RemovalRestores">True if removing the id restores the manifest.</param>
public sealed record ManifestCase(string Name, string Service, string? Id, string Before, string? After, bool RemovalRestores);

/// <summary>
/// The files in Cases: below a title and a command each holds a manifest with the lines that go and come marked as diff
/// does, so that all other lines are the same by construction. ␍ is a carriage return; a line of a backslash says that
/// the one above has no end; "again" that a removal does not give back what was there before.
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

    // An id that was there before is not put back by a removal.
    private static bool IsReplacedId(string line) =>
        line.StartsWith('-') && (line.Contains("cert-old", StringComparison.Ordinal) || line.Contains("id:", StringComparison.Ordinal));
}
