namespace ConvoxSsl.Package.Tests;

/// <summary>An assembly that a session has loaded, with its load context.</summary>
internal sealed record LoadedAssembly(string Context, string Name, string Version, string Location)
{
    /// <summary>The name of the module's own context.</summary>
    public const string ModuleContext = "ConvoxSsl";

    /// <summary>The name of the default context.</summary>
    public const string DefaultContext = "Default";

    /// <summary>A script that writes a line for each assembly.</summary>
    public const string Script = """

        foreach ($context in [System.Runtime.Loader.AssemblyLoadContext]::All) {
            foreach ($assembly in $context.Assemblies) {
                if ($assembly.IsDynamic) { continue }
                $name = $assembly.GetName()
                "assembly|$($context.Name)|$($name.Name)|$($name.Version)|$($assembly.Location)"
            }
        }

        """;

    /// <summary>True if its file is part of the module.</summary>
    public bool IsOfModule => Location.StartsWith(Repository.Module + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>Parses the lines that <see cref="Script"/> wrote.</summary>
    public static IReadOnlyList<LoadedAssembly> Read(IEnumerable<string> output) =>
        [.. output.Select(line => line.Split('|'))
            .Where(parts => parts[0] == "assembly")
            .Select(parts => new LoadedAssembly(parts[1], parts[2], parts[3], parts[4]))];
}
