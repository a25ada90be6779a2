using System.Text.RegularExpressions;
using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Tests.Kubernetes;

/// <summary>A rule in docs/rbac.md.</summary>
/// <param name="Role">The name of its role.</param>
/// <param name="Namespace">The role's namespace in the guide; null for a ClusterRole.</param>
/// <param name="Rule">The rule.</param>
internal sealed record GuideRule(string Role, string? Namespace, RbacRule Rule);

/// <summary>The roles in the YAML of docs/rbac.md.</summary>
internal static partial class RbacGuide
{
    public static IReadOnlyList<GuideRule> Rules { get; } = Read(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "rbac.md")));

    private static IReadOnlyList<GuideRule> Read(string guide) =>
    [
        .. Block().Matches(guide.ReplaceLineEndings("\n"))
            .SelectMany(block => block.Groups["yaml"].Value.Split("---\n"))
            .Where(document => Kind().IsMatch(document))
            .SelectMany(document => Rule().Matches(document).Select(rule => new GuideRule(
                Name().Match(document).Groups["value"].Value,
                Namespace().Match(document) is { Success: true } found ? found.Groups["value"].Value : null,
                new RbacRule(
                    rule.Groups["groups"].Value.Replace("\"\"", string.Empty, StringComparison.Ordinal),
                    rule.Groups["resources"].Value,
                    rule.Groups["verbs"].Value,
                    rule.Groups["names"] is { Success: true } names ? names.Value : null)))),
    ];

    [GeneratedRegex("```yaml\n(?<yaml>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("^kind: (Cluster)?Role$", RegexOptions.Multiline)]
    private static partial Regex Kind();

    [GeneratedRegex("^  name: (?<value>.*)$", RegexOptions.Multiline)]
    private static partial Regex Name();

    [GeneratedRegex("^  namespace: (?<value>.*)$", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(
        @"- apiGroups: \[(?<groups>.*?)\]\n  resources: \[(?<resources>.*?)\]\n"
            + @"(?:  resourceNames: \[(?<names>.*?)\]\n)?  verbs: \[(?<verbs>.*?)\]")]
    private static partial Regex Rule();
}
