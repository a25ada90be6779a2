using System.Text.RegularExpressions;

namespace ConvoxSsl.Tests.Errors;

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
        var explained = Explained().Where(id => !id.StartsWith("AcmeProblem.", StringComparison.Ordinal));
        Assert.Equal(raised.Order(StringComparer.Ordinal), explained.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_guide_explains_each_problem_type_in_the_sources()
    {
        var types = s_sources.Where(source => source.Contains("class AcmeProblemType", StringComparison.Ordinal))
            .SelectMany(source => ProblemTypeConstant().Matches(source))
            .ToDictionary(m => m.Groups["name"].Value, m => m.Groups["type"].Value);

        var raised = s_sources.SelectMany(source => RaisedProblem().Matches(source)).Select(m => types[m.Groups["name"].Value]).Distinct();

        Assert.NotEmpty(raised);
        Assert.Empty(raised.Select(type => $"AcmeProblem.{type}").Except(Explained()));
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
        var named =
            ConstantId().Matches(string.Join('\n', s_sources)).Select(m => m.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);

        // The Cloudflare errors get their IDs from a caller.
        var unnamed = s_sources.SelectMany(source => Raise().Matches(source))
            .Select(m => m.Groups["first"].Value.Trim())
            .Where(first => !first.StartsWith("ErrorCode.", StringComparison.Ordinal) && !first.StartsWith('"'))
            .Where(first => !named.Contains(first) && first is not ("code" or "errorCode" or "Code" or "first.Code" or "failure.Code"));
        Assert.Empty(unnamed);
    }

    private static IEnumerable<string> Raised(string source) =>
        UsedCode().Matches(source)
            .Concat(Raise().Matches(source))
            .Concat(ConstantId().Matches(source))
            .Concat(Direct().Matches(source))
            .Select(m => m.Groups["id"])
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

    // The first argument of a thrown exception, or of a method that creates one as its whole body.
    [GeneratedRegex(
        @"(?:new (?:InvalidInput|Engine|Cloudflare)Exception|(?:InvalidInput|Engine|Cloudflare)Exception \w+\([^;{}]*?\)\s*=>\s*new)"
        + @"\(\s*(?<first>""(?<id>\w+)""|[^,;)]+)")]
    private static partial Regex Raise();

    [GeneratedRegex(@"const string (?<name>\w*Code|ValidationPending) = ""(?<id>[A-Z]\w+)""")]
    private static partial Regex ConstantId();

    [GeneratedRegex(@"\bErrorCode\.(?<id>[A-Z]\w+)")]
    private static partial Regex UsedCode();

    [GeneratedRegex(@"Prefix \+ ""(?<id>[A-Z]\w+)""")]
    private static partial Regex Direct();

    [GeneratedRegex(@"AcmeProblem\.Create\(\s*AcmeProblemType\.(?<name>\w+)")]
    private static partial Regex RaisedProblem();

    [GeneratedRegex(@"const string (?<name>\w+) = ""(?<type>[\w:]+)""")]
    private static partial Regex ProblemTypeConstant();

    [GeneratedRegex(@"^\| `(?<id>[\w.]+)` \| .+ \| .+ \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
