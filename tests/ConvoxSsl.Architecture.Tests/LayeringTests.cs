using System.Xml.Linq;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Architecture.Tests;

/// <summary>Dependencies point downward only, as <see cref="Layers"/> and docs/architecture.md describe.</summary>
public sealed class LayeringTests
{
    public static TheoryData<string> Projects => [.. Layers.Projects.Keys];

    [Fact]
    public void Every_project_has_declared_references()
    {
        var projects = Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "src"), "*.csproj", SearchOption.AllDirectories)
            .Select(Path.GetFileNameWithoutExtension);

        Assert.Equal(Layers.Projects.Keys.Order(StringComparer.Ordinal), projects.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_refers_only_to_the_projects_below_it(string project)
    {
        var file = XDocument.Load(Path.Combine(RepositoryRoot.Path, "src", project, $"{project}.csproj"));
        var declared = file.Descendants("ProjectReference")
            .Where(reference => (string?)reference.Attribute("ReferenceOutputAssembly") != "false")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));

        var references = declared.Concat(DependencyGraph.Current.ProjectReferences[project]).Distinct();

        Assert.Empty(references.Except(Layers.Projects[project]));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_folder_has_declared_layers(string project)
    {
        var folders = SourceTree.Current.Files.Where(file => file.Project == project).Select(NameOf).Distinct();

        Assert.Equal(Layers.Folders[project].Keys.Order(StringComparer.Ordinal), folders.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_folder_uses_only_the_folders_below_it(string project)
    {
        var upward = DependencyGraph.Current.Within(project)
            .Where(dependency => !Layers.Folders[project].GetValueOrDefault(NameOf(dependency.User), []).Contains(NameOf(dependency.Used)))
            .Select(dependency => $"{dependency}, which is above it")
            .ToArray();

        Assert.True(upward.Length == 0, string.Join('\n', upward));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void The_declared_layers_have_no_cycle(string project)
    {
        var below = new HashSet<string>();
        foreach (var (folder, used) in Layers.Folders[project])
        {
            Assert.Empty(used.Except(below).Select(name => $"{folder} uses {name}, which is not declared before it"));
            below.Add(folder);
        }
    }

    // The folders of Dns may use Certificates, and Challenges may use those of Dns; then no folder of Dns may use Challenges.
    [Theory]
    [MemberData(nameof(Projects))]
    public void The_top_folders_have_no_cycle(string project)
    {
        var uses = DependencyGraph.Current.Within(project)
            .Select(dependency => (User: GetTopFolder(dependency.User), Used: GetTopFolder(dependency.Used)))
            .Where(use => use.User != use.Used)
            .Distinct()
            .ToList();

        // Removes the folders that use no remaining one until only cycles are left.
        while (uses.RemoveAll(use => uses.TrueForAll(other => other.User != use.Used)) > 0)
        {
        }

        Assert.Empty(uses);
    }

    private static string NameOf(SourceFile file) => file.Folder.Length == 0 ? Layers.Root : file.Folder;

    private static string GetTopFolder(SourceFile file) => NameOf(file).Split('/')[0];
}
