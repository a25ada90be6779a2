using CsCheck;

namespace ConvoxSsl.Manifests.Tests;

/// <summary>A random manifest and the service to edit.</summary>
/// <param name="Text">The manifest.</param>
/// <param name="Service">The service.</param>
/// <param name="IsNull">True if the service is null or an entry without a value, which a removal does not restore.</param>
public sealed record GeneratedManifest(string Text, string Service, bool IsNull)
{
    private static readonly string[] Names = ["web", "api", "'quoted'", "\"double\"", "a.b", "wörker"];

    private static readonly string[] Entries =
    [
        "port: 3000", "build: .", "domain: a.example.org", "domain: 'a.example.org, b.example.org'", "\"domain\":   ${HOST}",
        "domain: [x.example.org, \"y.example.org\"]",
        "command: |\n  a\n\n  b # c", "command: |+\n  a\n\n", "command: >-\n  a\n", "environment:\n- A=1\n- B",
        "environment:\n  - A\n  -   ${B: c}", "scale:\n  count: 1-3\n  targets: {cpu: 50}",
        "health: {path: /, interval: 5}", "init:", "label: a\n  b", "label: &label 'x'", "alias: *top", "<<: *base", "tagged: !!str 1",
        "empty: &empty", "# a comment", "", "  # deeper comment",
    ];

    private static readonly string[] FlowEntries =
    [
        "port: 3000", "domain: a.example.org", "\"domain\":\"a.example.org\"", "domain: ${HOST}", "list: [1, {a: b}]", "nested: {a: 1}",
        "nothing: ", "bare", "'q': 'x, y'", "<<: *base", "alias: *top",
    ];

    private static readonly Gen<string> Breaks = Pick("\n", "\n", "\r\n");

    private static readonly Gen<string> Ends = Pick("", "", "", " ", " # c", "\t# t	t");

    public static Gen<GeneratedManifest> Any =>
        from drawn in Gen.Int[0, Names.Length - 1].Array[1, 4]
        let names = drawn.Distinct().ToArray()
        from bodies in Body.Array[names.Length]
        from indentation in Gen.Int[0, 4]
        from heading in Pick("", "# top\n\n", "---\n", "%YAML 1.1\n---\n", "environment:\n  - A\n")
        from trailing in Pick("", "timers: {}\n", "# end\n", "\n\n", "...\n", "...\n---\nservices: {web: {}}\n")
        from breaks in Breaks.Array[200]
        from ends in Gen.Bool
        from edited in Gen.Int[0, names.Length - 1]
        select Join([.. names.Select(n => Names[n])], bodies, indentation, heading, trailing, breaks, ends, edited);

    private static Gen<(string Text, bool IsNull)> Body =>
        Gen.OneOf(
            Block, Block, Block, Flow, Pick((" ~", true), (" null # x", true), ("", false), (" # nothing", false), (" &unused", false)));

    private static Gen<(string Text, bool IsNull)> Block =>
        from entries in Pick(Entries).Array[1, 7]
        from ends in Ends.Array[7]
        from step in Gen.Int[1, 4]
        select (Indent(entries, ends, step), false);

    private static Gen<(string Text, bool IsNull)> Flow =>
        from entries in Pick(FlowEntries).Array[0, 4]
        from separator in Pick(", ", ",", " , ", ",\n      ", ", # c\n      ")
        from padding in Pick("", " ", "\n      ")
        from trailing in Pick("", ",")
        select ($" {{{padding}{string.Join(separator, Distinct(entries))}{(entries.Length > 0 ? trailing : "")}{padding}}}", false);

    private static Gen<T> Pick<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static string Indent(string[] entries, string[] ends, int step) => string.Concat(Distinct(entries).Select((entry, i) =>
        "\n"
            + string.Join(
                '\n',
                (entry
                    + (entry.Contains('\n', StringComparison.Ordinal) || entry.Length == 0 || entry.Contains('#', StringComparison.Ordinal)
                        ? ""
                        : ends[i])).Split('\n').Select(line => line.Length == 0 ? line : new string(' ', step) + line))));

    // Avoid duplicate keys, which are rejected.
    private static IEnumerable<string> Distinct(string[] entries) => entries.DistinctBy(e => e.Split(':')[0].Trim('"', '\''));

    private static GeneratedManifest Join(
        string[] names,
        (string Text, bool IsNull)[] bodies,
        int indentation,
        string heading,
        string trailing,
        string[] breaks,
        bool ends,
        int edited)
    {
        var services = names.Zip(bodies)
            .Select(pair =>
                string.Concat($"{pair.First}:{pair.Second.Text}"
                    .Split('\n')
                    .Select(line => (line.Length == 0 ? line : new string(' ', indentation + 1) + line) + "\n")));
        var text = $"{heading}x-top: &top one\nx-base: &base\n  port: 80\n  build: .\nservices: # all\n{string.Concat(services)}{trailing}";
        var next = 0;
        text = string.Concat(text.Split('\n').SkipLast(1).Select(line => line + breaks[next++ % breaks.Length]));
        return new GeneratedManifest(ends ? text : text.TrimEnd('\r', '\n'), names[edited].Trim('\'', '"'), bodies[edited].IsNull);
    }
}
