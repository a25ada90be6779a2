using System.Runtime.InteropServices;

namespace ConvoxSsl.Package.Tests;

/// <summary>The part of the module's library that is compiled ahead of time.</summary>
internal static class PrecompiledModule
{
    /// <summary>The name of this machine's platform, such as <c>linux-x64</c>.</summary>
    public static string Platform { get; } =
        $"{(OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")}-"
            + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    /// <summary>The name of the runtime that the tests use.</summary>
    public const string Runtime = "net10.0";

    /// <summary>The directory for this machine.</summary>
    public static string Directory { get; } = Path.Combine(Repository.Module, "lib", Platform, Runtime);

    /// <summary>True if the build compiled for this machine.</summary>
    public static bool Exists => File.Exists(Path.Combine(Directory, "ConvoxSsl.Engine.dll"));

    /// <summary>Lists the compiled assemblies of all platforms and runtimes.</summary>
    public static IReadOnlyList<string> Files { get; } =
        [.. System.IO.Directory.GetFiles(Path.Combine(Repository.Module, "lib"), "*.dll", SearchOption.AllDirectories)
            .Where(file => Path.GetRelativePath(Path.Combine(Repository.Module, "lib"), file).Split(Path.DirectorySeparatorChar)
                is [var platform, _, _] && platform != "runtimes")];
}

/// <summary>A test that needs the module compiled ahead of time for this machine. <c>./build.sh Build</c> does so if it can.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PrecompiledFactAttribute : FactAttribute
{
    /// <summary>Skips the test if the module was built without.</summary>
    public PrecompiledFactAttribute() => Skip = PrecompiledModule.Exists ? null : "The module is not compiled ahead of time.";
}
