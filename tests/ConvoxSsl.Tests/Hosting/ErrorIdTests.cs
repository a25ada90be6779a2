using System.Text.RegularExpressions;

namespace ConvoxSsl.Tests.Hosting;

/// <summary>Compares the IDs in docs/troubleshooting.md with those in the sources.</summary>
public sealed partial class ErrorIdTests
{
    private static readonly string s_repository = FindRepository();

    private static readonly IReadOnlyList<string> s_sources =
    [
        .. Directory.EnumerateFiles(Path.Combine(s_repository, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(File.ReadAllText),
    ];

    private static readonly string s_guide = File.ReadAllText(Path.Combine(s_repository, "docs", "troubleshooting.md"));

    [Fact]
    public void The_guide_explains_exactly_the_IDs_in_the_sources()
    {
        var raised = s_sources.SelectMany(Raised).ToHashSet(StringComparer.Ordinal);
        Assert.InRange(raised.Count, 100, 1000);
        Assert.Equal(raised.Order(StringComparer.Ordinal), Explained().Where(id => !id.StartsWith("AcmeProblem.", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_guide_explains_each_problem_type_in_the_sources()
    {
        var known = s_sources.SelectMany(source => ProblemType().Matches(source)).Select(m => "AcmeProblem." + m.Groups["type"].Value).Distinct();
        Assert.Empty(known.Except(Explained()));
    }

    [Fact]
    public void The_IDs_in_the_guide_are_sorted_and_unique()
    {
        foreach (var table in s_guide.Split("| --- | --- | --- |").Skip(1))
        {
            var ids = Row().Matches(table).Select(m => m.Groups["id"].Value).ToList();
            Assert.Equal(ids.Distinct().Order(StringComparer.Ordinal), ids);
        }
    }

    [Fact]
    public void Each_throw_site_names_its_ID_or_a_constant()
    {
        var named = ConstantId().Matches(string.Join('\n', s_sources)).Select(m => m.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);

        // Those of Cloudflare's failures are named where these are made.
        var odd = s_sources.SelectMany(source => Raise().Matches(source)).Select(m => m.Groups["first"].Value.Trim())
            .Where(first => !first.StartsWith('"') && !named.Contains(first) && first is not ("code" or "Code" or "first.Code"));
        Assert.Empty(odd);
    }

    private static IEnumerable<string> Raised(string source) =>
        Raise().Matches(source).Select(m => m.Groups["id"]).Concat(WithKind().Matches(source).Select(m => m.Groups["id"]))
            .Concat(ConstantId().Matches(source).Select(m => m.Groups["id"]))
            .Concat(Direct().Matches(source).Select(m => m.Groups["id"]))
            .Where(id => id.Success)
            .Select(id => id.Value);

    private static IReadOnlyList<string> Explained() => [.. Row().Matches(s_guide).Select(m => m.Groups["id"].Value)];

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ConvoxSsl.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests do not run inside the repository.");
        }

        return folder.FullName;
    }

    // An exception that is made, or a method that makes one as its whole body.
    [GeneratedRegex(@"(?:new (?:InvalidInput|Engine|Cloudflare)Exception|(?:InvalidInput|Engine|Cloudflare)Exception \w+\([^;{}]*?\)\s*=>\s*new)\(\s*(?<first>""(?<id>\w+)""|[^,;)]+)")]
    private static partial Regex Raise();

    [GeneratedRegex(@"""(?<id>[A-Z]\w+)"",\s*EngineErrorKind\.")]
    private static partial Regex WithKind();

    [GeneratedRegex(@"const string (?<name>\w*Code|ValidationPending) = ""(?<id>[A-Z]\w+)""")]
    private static partial Regex ConstantId();

    [GeneratedRegex(@"Prefix \+ ""(?<id>[A-Z]\w+)""")]
    private static partial Regex Direct();

    [GeneratedRegex(@"AcmeProblem\.Of\(""(?<type>\w+)""")]
    private static partial Regex ProblemType();

    [GeneratedRegex(@"^\| `(?<id>[\w.]+)` \| .+ \| .+ \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
