using System.Globalization;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Package.Tests;

/// <summary>The runtime uses the code that was compiled ahead of time, and the module works without it.</summary>
public sealed class PrecompiledTests : IDisposable
{
    // Prints the directory of the engine and the number of methods that the runtime compiled for the first command.
    private const string CountMethods = """
        Import-Module $env:MODULE
        $before = [System.Runtime.JitInfo]::GetCompiledMethodCount()
        $made = New-ConvoxCertificate one.example.org -Issuer self-signed -Force -WarningAction SilentlyContinue
        $after = [System.Runtime.JitInfo]::GetCompiledMethodCount()
        if ($made.Status -ne 'Ready') { throw $made.Status }
        [System.IO.Path]::GetDirectoryName([System.Reflection.Assembly]::Load('ConvoxSsl.Engine').Location)
        $after - $before
        """;

    private readonly TemporaryDirectory _copies = new();

    public void Dispose() => _copies.Dispose();

    [PrecompiledFact]
    public async Task The_runtime_uses_the_precompiled_code()
    {
        var (directory, methods) = await RunFirstCommandAsync(Repository.Module);
        Assert.Equal(PrecompiledModule.Directory, directory);

        var copy = CopyWithoutPrecompiled();
        var (fallback, allMethods) = await RunFirstCommandAsync(copy);
        Assert.Equal(Path.Combine(copy, "lib"), fallback);

        Assert.InRange(methods, 0, allMethods * 2 / 3);
    }

    [Fact]
    public void Each_precompiled_assembly_is_compiled_from_the_one_in_lib()
    {
        var library = Path.Combine(Repository.Module, "lib");
        var windows = Path.Combine(library, "runtimes", "win", "lib", "net8.0");
        Assert.All(PrecompiledModule.Files, file =>
        {
            using var compiled = new PEReader(File.OpenRead(file));
            Assert.NotEqual(0, compiled.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size);
            var name = Path.GetFileName(file);
            var isWindowsVariant = file.Contains($"{Path.DirectorySeparatorChar}win-", StringComparison.Ordinal)
                && File.Exists(Path.Combine(windows, name));
            using var source = new PEReader(File.OpenRead(Path.Combine(isWindowsVariant ? windows : library, name)));
            Assert.Equal(Mvid(source), Mvid(compiled));
        });
    }

    private static Guid Mvid(PEReader file)
    {
        var metadata = file.GetMetadataReader();
        return metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
    }

    private static async Task<(string Directory, int Methods)> RunFirstCommandAsync(string module)
    {
        using var session = new ModuleSession { Environment = new Dictionary<string, string> { ["MODULE"] = module } };
        var output = await session.RunWithoutModuleAsync(CountMethods);
        return (output[0], int.Parse(output[1], CultureInfo.InvariantCulture));
    }

    private static void CopyFiles(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    private string CopyWithoutPrecompiled()
    {
        var copy = _copies["ConvoxSsl"];
        CopyFiles(Repository.Module, copy);
        CopyFiles(Path.Combine(Repository.Module, "lib"), Path.Combine(copy, "lib"));
        return copy;
    }
}
