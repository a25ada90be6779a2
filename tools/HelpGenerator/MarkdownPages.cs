using System.Text;

namespace ConvoxSsl.HelpGenerator;

/// <summary>Writes a markdown page per cmdlet and an index.</summary>
internal static class MarkdownPages
{
    private const string Index = "README.md";

    /// <summary>Writes the pages and removes those of deleted cmdlets.</summary>
    public static void Write(string folder, IReadOnlyList<CmdletHelp> cmdlets)
    {
        Directory.CreateDirectory(folder);
        var current = cmdlets.Select(cmdlet => GetPage(cmdlet.Name)).Append(Index).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var stale in Directory.GetFiles(folder, "*.md").Where(file => !current.Contains(Path.GetFileName(file))))
        {
            File.Delete(stale);
        }

        foreach (var cmdlet in cmdlets)
        {
            File.WriteAllText(Path.Combine(folder, GetPage(cmdlet.Name)), Page(cmdlet));
        }

        File.WriteAllText(Path.Combine(folder, Index), CreateIndex(cmdlets));
    }

    private static string CreateIndex(IEnumerable<CmdletHelp> cmdlets)
    {
        var rows = cmdlets.Select(cmdlet => $"| [{cmdlet.Name}]({GetPage(cmdlet.Name)}) | {Cell(cmdlet.Synopsis)} |\n");
        return $"# Cmdlets\n\n| cmdlet | description |\n| --- | --- |\n{string.Concat(rows)}";
    }

    private static string Page(CmdletHelp cmdlet)
    {
        var page = new StringBuilder($"# {cmdlet.Name}\n\n{Escape(cmdlet.Synopsis)}\n\n## Syntax\n\n```powershell\n");
        page.Append(string.Join('\n', cmdlet.ParameterSets.Select(set => Syntax(cmdlet, set)))).Append("\n```\n\n## Description\n\n");
        page.Append(Paragraphs(cmdlet.Description)).Append("## Examples\n\n");
        foreach (var (index, example) in cmdlet.Examples.Index())
        {
            page.Append(Section(index, example));
        }

        page.Append("## Parameters\n\n");
        foreach (var parameter in cmdlet.Parameters)
        {
            page.Append(Section(parameter));
        }

        page.Append("## Inputs\n\n").Append(Types(cmdlet.Inputs)).Append("## Outputs\n\n").Append(Types(cmdlet.Outputs));
        if (cmdlet.Links.Count > 0)
        {
            var links = cmdlet.Links.Select(link => $"- [{link.Text}]({link.Url ?? GetPage(link.Text)})");
            page.Append("## Related links\n\n").AppendJoin('\n', links).Append('\n');
        }

        return page.ToString().TrimEnd() + "\n";
    }

    private static string Syntax(CmdletHelp cmdlet, string set)
    {
        var parts = cmdlet.Parameters
            .Select(parameter => (Parameter: parameter, Member: parameter.In(set)))
            .Where(part => part.Member is not null)
            .Select(part => Syntax(part.Parameter, part.Member!));
        return $"{cmdlet.Name} {string.Join(' ', parts)}";
    }

    private static string Syntax(ParameterHelp parameter, ParameterSetMember member)
    {
        var name = member.Position is null ? $"-{parameter.Name}" : $"[-{parameter.Name}]";
        var text = parameter.IsSwitch ? name : $"{name} <{parameter.TypeName}>";
        return member.IsMandatory ? text : $"[{text}]";
    }

    private static string Section(int index, ExampleHelp example) =>
        $"### Example {index + 1}\n\n```powershell\n{example.Code}\n```\n\n{Paragraphs(example.Text)}";

    private static string Section(ParameterHelp parameter)
    {
        var rows = new List<(string, string)>
        {
            ("type", parameter.IsSwitch ? "SwitchParameter" : parameter.TypeName),
            ("values", string.Join(", ", parameter.Values)),
            ("aliases", string.Join(", ", parameter.Aliases)),
            ("parameter sets", Distinct(member => member.Set == ParameterSetMember.All ? "all" : member.Set)),
            ("required", Distinct(member => member.IsMandatory ? "true" : "false")),
            ("position", Distinct(member => member.PositionText)),
            ("default", parameter.Default),
            ("pipeline input", Distinct(member => member.PipelineText)),
            ("wildcards", parameter.HasWildcards ? "true" : "false"),
        };
        var table = string.Concat(rows.Where(row => row.Item2.Length > 0).Select(row => $"| {row.Item1} | {Cell(row.Item2)} |\n"));
        return $"### -{parameter.Name}\n\n{Paragraphs(parameter.Text)}| | |\n| --- | --- |\n{table}\n";

        string Distinct(Func<ParameterSetMember, string> text) => string.Join(", ", parameter.Sets.Select(text).Distinct());
    }

    private static string Types(IEnumerable<TypeHelp> types) =>
        string.Concat(types.Select(type => $"### {type.Name}\n\n{Paragraphs(type.Text)}"));

    private static string Paragraphs(IEnumerable<string> paragraphs) =>
        string.Concat(paragraphs.Select(text => $"{Escape(text)}\n\n"));

    private static string Cell(string text) => Escape(text).Replace("|", "\\|", StringComparison.Ordinal);

    // Escape the characters with a meaning in markdown.
    private static string Escape(string text) => text
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace("*", "\\*", StringComparison.Ordinal)
        .Replace("_", "\\_", StringComparison.Ordinal);

    private static string GetPage(string cmdlet) => cmdlet + ".md";
}
