namespace ConvoxSsl.Scheduling.Tests;

/// <summary>Paths with characters that have a special meaning for a scheduler, a shell or PowerShell.</summary>
internal static class OddPaths
{
    public static readonly string[] All =
    [
        "/var/lib/convoxssl",
        "/with a space/and  two",
        "/it's/'quoted'",
        "/typographic ‘quotes’ ‚and‛ “these”",
        "/double \"quotes\"\\",
        "/100%/%h/%%/\\%/%TEMP%",
        "/$HOME/${HOME}/$$/$(id)/`id`/$?",
        "/back\\slash\\\\twice\\",
        "/semi;colon&amp;|pipe>out<in#comment*?[]{}!~",
        "/日本語/é/🔑/<&>",
        "/ends in a quote'",
    ];

    private const string Alphabet = "a /'\"\\%$`;&|<>#*!‘’é🔑(){}=\t";

    public static TheoryData<string> ToTheory() => new(All);

    /// <summary>Creates a path of special characters, the same for each seed.</summary>
    public static string Random(int seed)
    {
#pragma warning disable CA5394 // Repeatable, and nothing secret.
        var random = new Random(seed);
        var runes = Alphabet.EnumerateRunes().Where(rune => rune.Value != '\t').ToArray();
        return "/" + string.Concat(Enumerable.Range(0, random.Next(1, 30)).Select(_ => runes[random.Next(runes.Length)]));
#pragma warning restore CA5394
    }
}
