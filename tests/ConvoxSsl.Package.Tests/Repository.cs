using ConvoxSsl.TestKit;

namespace ConvoxSsl.Package.Tests;

/// <summary>The output paths of the build.</summary>
internal static class Repository
{
    /// <summary>The repository's root.</summary>
    public static string Root { get; } = RepositoryRoot.Path;

    /// <summary>The published module.</summary>
    public static string Module { get; } = Path.Combine(Root, "out", "ConvoxSsl");

    /// <summary>A folder with assemblies that other modules may have loaded.</summary>
    public static string Foreign { get; } = Path.Combine(AppContext.BaseDirectory, "foreign");

    /// <summary>The program that runs scripts, of the same configuration as the tests.</summary>
    public static string Runner { get; } = TestPrograms.Find(
        "PowerShellRunner",
        Path.Combine(Root, "tools", "PowerShellRunner", "bin", Configuration(), "net10.0", "PowerShellRunner.dll"));

    // bin/<configuration>/net10.0/
    private static string Configuration() => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
}
