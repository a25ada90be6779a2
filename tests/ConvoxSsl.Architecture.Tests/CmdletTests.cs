using System.Text.RegularExpressions;

namespace ConvoxSsl.Architecture.Tests;

/// <summary>Cmdlets bind parameters, call the engine and write the results. The work itself is elsewhere.</summary>
public sealed partial class CmdletTests
{
    private const string Project = "ConvoxSsl";
    private const string Root = "PSCmdlet";
    private const int MaxLines = 150;
    private const int MaxBaseClasses = 3;

    /// <summary>The base class of each class of the module.</summary>
    private static readonly Dictionary<string, string> BaseClasses = SourceTree.Current.Files
        .Where(file => file.Project == Project)
        .SelectMany(file => ClassLine().Matches(file.Text))
        .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["base"].Value);

    [Fact]
    public void A_file_of_a_cmdlet_class_has_at_most_150_lines()
    {
        var files = SourceTree.Current.Files
            .Where(file => file.Project == Project && file.Types.Any(type => GetBaseClasses(type).Contains(Root)))
            .ToArray();

        var wrong = files
            .Select(file => (file.Path, Lines: file.Text.TrimEnd().Split('\n').Length))
            .Where(file => file.Lines > MaxLines)
            .Select(file => $"{file.Path} has {file.Lines} lines");

        Assert.Contains(files, file => file.Path.EndsWith("/NewConvoxCertificateCommand.cs", StringComparison.Ordinal));
        Assert.True(!wrong.Any(), string.Join('\n', wrong));
    }

    [Fact]
    public void A_cmdlet_has_at_most_three_levels_of_base_classes()
    {
        var wrong = BaseClasses.Keys
            .Select(type => (Type: type, Bases: GetBaseClasses(type).ToArray()))
            .Where(cmdlet => cmdlet.Bases.Contains(Root) && cmdlet.Bases.Length - 1 > MaxBaseClasses)
            .Select(cmdlet => $"{cmdlet.Type}: {string.Join(", ", cmdlet.Bases)}");

        Assert.True(!wrong.Any(), string.Join('\n', wrong));
    }

    private static IEnumerable<string> GetBaseClasses(string type)
    {
        while (BaseClasses.TryGetValue(type, out var baseClass))
        {
            yield return type = baseClass;
        }
    }

    [GeneratedRegex(@"^(?:\w+ )+class (?<name>\w+)[^:{;\n]* : (?<base>\w+)", RegexOptions.Multiline)]
    private static partial Regex ClassLine();
}
