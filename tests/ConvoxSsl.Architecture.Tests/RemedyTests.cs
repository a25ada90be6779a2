using System.Globalization;
using System.Text.RegularExpressions;

namespace ConvoxSsl.Architecture.Tests;

/// <summary>The cmdlet layer's table of remedies is the only place that tells users what to type.</summary>
public sealed partial class RemedyTests
{
    private const string TableFile = "ConvoxSsl/Errors/Remedies.cs";

    // They write commands into schedules, and comments about the cmdlet that made them.
    private static readonly string[] ScheduleWriters = ["CronJobManifest", "RackReference", "RenewalCommand", "SystemdUnits"];

    private static readonly Dictionary<string, string> Texts = Entry().Matches(GetText(TableFile))
        .ToDictionary(match => match.Groups["key"].Value, match => match.Groups["text"].Value);

    private static readonly string[] Codes =
        [.. Constant().Matches(GetText("ConvoxSsl.Engine/ErrorCode.cs")).Select(match => match.Groups["value"].Value)];

    private static readonly string[] ProblemTypes =
        [.. Constant().Matches(GetText("ConvoxSsl.Engine/Acme/AcmeProblemType.cs")).Select(match => match.Groups["value"].Value)];

    // What the code says besides the table and the list of the codes.
    private static readonly string Code = string.Join('\n', SourceTree.Current.Files
        .Where(file => file.Path is not (TableFile or "ConvoxSsl.Engine/ErrorCode.cs"))
        .Select(file => file.Text));

    public static TheoryData<string> ProjectsBelow => [.. Layers.Projects.Keys.Where(project => project != "ConvoxSsl")];

    [Theory]
    [MemberData(nameof(ProjectsBelow))]
    public void No_message_below_the_cmdlets_names_a_cmdlet_or_a_parameter(string project)
    {
        using var assembly = new CompiledAssembly(Path.Combine(AppContext.BaseDirectory, $"{project}.dll"));

        var wrong = assembly.ReadStrings()
            .Where(use => !(project == "ConvoxSsl.Scheduling" && ScheduleWriters.Contains(use.Type.Name)))
            .Where(use => CmdletOrParameter().IsMatch(use.Text))
            .Select(use => $"{use.Type.Name}: {use.Text}")
            .ToArray();

        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    [Theory]
    [InlineData("Run Update-ConvoxCertificate.", true)]
    [InlineData("Add -Force.", true)]
    [InlineData("-Force tries now.", true)]
    [InlineData("Omit -", true)]
    [InlineData("no Replay-Nonce header", false)]
    [InlineData("from - to", false)]
    [InlineData("-", false)]
    public void A_text_that_names_a_cmdlet_or_a_parameter_is_found(string text, bool isFound)
    {
        Assert.Equal(isFound, CmdletOrParameter().IsMatch(text));
    }

    [Fact]
    public void Every_key_of_a_remedy_has_a_text()
    {
        Assert.InRange(Texts.Count, 100, 1000);
        Assert.InRange(ReadUses().Count(), 50, 1000);
        var specific = Literal().Matches(Code)
            .Select(match => match.Groups["text"].Value)
            .Where(text => text.Split('.') is [var code, _, ..] && Codes.Contains(code));

        Assert.Empty(ReadUses().Select(use => use.Key).Concat(specific).Distinct().Except(Texts.Keys));
    }

    // PowerShell 7.5 and later show a remedy on its own line, after the word "Recommendation".
    [Fact]
    public void Every_text_is_one_or_more_whole_sentences()
    {
        Assert.DoesNotContain(
            Texts.Select(text => string.Concat(Part().Matches(text.Value).Select(match => match.Groups["text"].Value))),
            text => !WholeSentences().IsMatch(text));
    }

    [Fact]
    public void Every_text_belongs_to_a_remedy()
    {
        Assert.All(Texts.Keys, key => Assert.True(IsUsed(key), key));
    }

    [Fact]
    public void Every_remedy_has_the_arguments_of_its_text()
    {
        Assert.All(ReadUses(), use => Assert.True(use.Arguments >= CountPlaceholders(Texts[use.Key]), use.Key));

        // Without a remedy of its own, an error has that of its code, with its value as the only argument.
        var defaults = Texts.Where(text => CountPlaceholders(text.Value) > 1).Select(text => text.Key).Intersect(Codes);
        Assert.Empty(defaults.Except(ReadUses().Select(use => use.Key)));
    }

    private static bool IsUsed(string key) =>
        Code.Contains($"\"{key}\"", StringComparison.Ordinal)
        || Regex.IsMatch(Code, $@"\bErrorCode\.{Regex.Escape(key)}\b")
        || (key.Split('.') is ["AcmeProblem", var type] && ProblemTypes.Contains(type))
        || (key.EndsWith(".Trial", StringComparison.Ordinal) && IsUsed(key[..^".Trial".Length]));

    // Conditional keys count twice. A key that is not a constant is missing: its values are literals elsewhere.
    private static IEnumerable<(string Key, int Arguments)> ReadUses() =>
        from use in Use().Matches(Code)
        let arguments = use.Groups["arguments"].Value
        from key in Key().Matches(use.Groups["key"].Value)
        select (key.Groups["name"].Value, arguments.Length == 0 ? 0 : Separator().Count(Nested().Replace(arguments, "")));

    private static int CountPlaceholders(string text) =>
        Placeholder().Matches(text)
            .Select(match => 1 + int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture))
            .Append(0)
            .Max();

    private static string GetText(string path) => SourceTree.Current.Files.Single(file => file.Path == path).Text;

    [GeneratedRegex(@"""(?<text>([^""\\]|\\.)*)""")]
    private static partial Regex Part();

    // The end may be a policy in JSON.
    [GeneratedRegex(@"^[A-Z'].*([.?]|: \{1\})$")]
    private static partial Regex WholeSentences();

    // The name of a parameter may be in another part of an interpolated string.
    [GeneratedRegex(@"\b[A-Z][a-z]+-Convox[A-Z]|(^|[\s(])-[A-Z][A-Za-z]+|\w -$")]
    private static partial Regex CmdletOrParameter();

    [GeneratedRegex(@"^ +\[""(?<key>[\w.]+)""\] =(?<text>(\s*\+?\s*""([^""\\]|\\.)*"")+),", RegexOptions.Multiline)]
    private static partial Regex Entry();

    [GeneratedRegex(@"const string \w+ = ""(?<value>\w+)""")]
    private static partial Regex Constant();

    [GeneratedRegex(@"(?<![$@""])""(?<text>[\w.]+)""")]
    private static partial Regex Literal();

    [GeneratedRegex(
        @"new Remedy\(\s*(?<key>[^,()]+?)\s*(?<arguments>,([^()""]|""([^""\\]|\\.)*""|\(([^()]|\([^()]*\))*\))*)?\)")]
    private static partial Regex Use();

    [GeneratedRegex(@"ErrorCode\.(?<name>\w+)|(?<!\$)""(?<name>[\w.]+)""")]
    private static partial Regex Key();

    [GeneratedRegex(@"\(([^()]|\([^()]*\))*\)")]
    private static partial Regex Nested();

    [GeneratedRegex(",")]
    private static partial Regex Separator();

    [GeneratedRegex(@"\{(?<number>\d)\}")]
    private static partial Regex Placeholder();
}
