using System.Text.RegularExpressions;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Architecture.Tests;

/// <summary>The C# files below <c>src</c>, and the types they declare.</summary>
internal sealed partial class SourceTree
{
    private readonly Dictionary<string, SourceFile> _byType;

    private SourceTree(IReadOnlyList<SourceFile> files)
    {
        Files = files;
        // The parts of a partial type are in one folder, so any of them is enough.
        _byType = files
            .SelectMany(file => file.Types.Select(type => (Key: $"{file.Project}:{file.Namespace}.{type}", File: file)))
            .GroupBy(pair => pair.Key)
            .ToDictionary(group => group.Key, group => group.First().File);
    }

    /// <summary>The tree of this repository.</summary>
    public static SourceTree Current { get; } = Read(Path.Combine(RepositoryRoot.Path, "src"));

    /// <summary>The files, sorted by path.</summary>
    public IReadOnlyList<SourceFile> Files { get; }

    /// <summary>The names of the projects.</summary>
    public IEnumerable<string> Projects => Files.Select(file => file.Project).Distinct();

    /// <summary>Gets the file that declares a top-level type, or null for types that the compiler generates.</summary>
    public SourceFile? FindFile(string project, string typeNamespace, string type) =>
        _byType.GetValueOrDefault($"{project}:{typeNamespace}.{type}");

    private static SourceTree Read(string root) =>
        new([.. Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(root, path).Replace('\\', '/'))
            .Where(path => !BuildFolder().IsMatch(path))
            .Order(StringComparer.Ordinal)
            .Select(path => Parse(path, File.ReadAllText(Path.Combine(root, path))))]);

    private static SourceFile Parse(string path, string text) => new(
        path,
        NamespaceLine().Match(text).Groups["name"].Value,
        [.. TypeLine().Matches(text).Select(match => match.Groups["name"].Value)],
        text);

    [GeneratedRegex("/(bin|obj)/")]
    private static partial Regex BuildFolder();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    // With file-scoped namespaces, top-level types begin in the first column.
    [GeneratedRegex(
        @"^((public|internal|file|static|sealed|abstract|partial|readonly|ref|unsafe) )+" +
        @"(class|interface|enum|record( struct| class)?|struct|delegate [\w<>?.\[\], ]+?) (?<name>\w+)",
        RegexOptions.Multiline)]
    private static partial Regex TypeLine();
}
