namespace ConvoxSsl.Architecture.Tests;

/// <summary>A C# file of a project.</summary>
/// <param name="Path">The path relative to <c>src</c>, with forward slashes.</param>
/// <param name="Namespace">The namespace that the file declares.</param>
/// <param name="Types">The top-level types that the file declares, without type parameters.</param>
/// <param name="Text">The content.</param>
internal sealed record SourceFile(string Path, string Namespace, IReadOnlyList<string> Types, string Text)
{
    /// <summary>The project's folder, such as ConvoxSsl.Engine.</summary>
    public string Project { get; } = Path[..Path.IndexOf('/')];

    /// <summary>The folder inside of the project; empty for the project's root.</summary>
    public string Folder { get; } = GetFolder(Path);

    private static string GetFolder(string path)
    {
        var (first, last) = (path.IndexOf('/') + 1, path.LastIndexOf('/'));
        return last < first ? "" : path[first..last];
    }
}
