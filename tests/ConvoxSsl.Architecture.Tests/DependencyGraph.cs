using System.Text.RegularExpressions;

namespace ConvoxSsl.Architecture.Tests;

/// <summary>The dependencies among the module's source files, read from its assemblies.</summary>
internal sealed partial class DependencyGraph
{
    private DependencyGraph(
        IReadOnlyDictionary<string, string[]> projects, IReadOnlyList<Dependency> dependencies, IReadOnlyList<Dependency> implementations)
    {
        ProjectReferences = projects;
        Dependencies = dependencies;
        Implementations = implementations;
    }

    /// <summary>The graph of this repository.</summary>
    public static DependencyGraph Current { get; } = Read(SourceTree.Current);

    /// <summary>The projects that each project's assembly refers to.</summary>
    public IReadOnlyDictionary<string, string[]> ProjectReferences { get; }

    /// <summary>The dependencies between types of different folders or projects.</summary>
    public IReadOnlyList<Dependency> Dependencies { get; }

    /// <summary>The classes that implement an interface of another folder or project.</summary>
    public IReadOnlyList<Dependency> Implementations { get; }

    /// <summary>Returns the dependencies between the folders of one project.</summary>
    public IEnumerable<Dependency> Within(string project) =>
        Dependencies.Where(dependency => dependency.User.Project == project && dependency.Used.Project == project);

    private static DependencyGraph Read(SourceTree sources)
    {
        var references = new Dictionary<string, string[]>();
        var dependencies = new List<Dependency>();
        var implementations = new List<Dependency>();
        var constants = new List<(TypeReference Type, string Constant)>();
        foreach (var project in sources.Projects)
        {
            using var assembly = new CompiledAssembly(Path.Combine(AppContext.BaseDirectory, $"{project}.dll"));
            references[project] = [.. assembly.References.Order(StringComparer.Ordinal)];
            constants.AddRange(assembly.ReadConstants());
            dependencies.AddRange(CreateDependencies(sources, assembly.ReadUses()));
            implementations.AddRange(CreateDependencies(sources, assembly.ReadImplementations()));
        }

        dependencies.AddRange(FindNamedUses(sources, constants));
        return new DependencyGraph(
            references,
            [.. dependencies.Distinct()
                .Where(dependency => dependency.CrossesFolders)
                .OrderBy(dependency => dependency.User.Path, StringComparer.Ordinal)],
            [.. implementations.Where(implementation => implementation.CrossesFolders)]);
    }

    // Constants leave no reference in metadata, and types in attributes only a string, so the sources are searched
    // for "Type.Constant" and "typeof(Type)".
    private static IEnumerable<Dependency> FindNamedUses(SourceTree sources, IReadOnlyList<(TypeReference Type, string Constant)> constants)
    {
        var declared = constants.Select(constant => (Text: $"{constant.Type.Name}.{constant.Constant}", constant.Type.Name,
                File: sources.FindFile(constant.Type.Assembly, constant.Type.Namespace, constant.Type.Name)))
            .Concat(sources.Files.SelectMany(file =>
                file.Types.Select(type => (Text: $"typeof({type})", Name: type, File: (SourceFile?)file))))
            .Where(declaration => declaration.File is not null)
            .GroupBy(declaration => declaration.Text)
            .Where(group => group.Select(declaration => declaration.File!.Namespace).Distinct().Count() == 1)
            .ToDictionary(group => group.Key, group => group.First());
        return from file in sources.Files
               from match in NamedUse().Matches(file.Text)
               where declared.ContainsKey(match.Value)
               let declaration = declared[match.Value]
               select new Dependency(file, file.Types is [var type, ..] ? type : file.Path, declaration.File!, declaration.Name);
    }

    private static IEnumerable<Dependency> CreateDependencies(
        SourceTree sources, IEnumerable<(TypeReference User, TypeReference Used)> uses) =>
        from use in uses
        let userFile = sources.FindFile(use.User.Assembly, use.User.Namespace, use.User.Name)
        let usedFile = sources.FindFile(use.Used.Assembly, use.Used.Namespace, use.Used.Name)
        where userFile is not null && usedFile is not null
        select new Dependency(userFile, use.User.Name, usedFile, use.Used.Name);

    [GeneratedRegex(@"(?<![\w.""])([A-Z]\w+\.[A-Z]\w+|typeof\(\w+\))")]
    private static partial Regex NamedUse();
}
