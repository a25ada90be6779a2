using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Package.Tests;

/// <summary>Isolation of the module's assemblies from other assemblies of the same name in the session.</summary>
public sealed class LoadContextTests : IDisposable
{
    private const string Import = "Import-Module $env:MODULE\n";

    // Uses the rack, the engine's certificates and the PFX writer, which load all assemblies of the module.
    private const string Use = """

        $certificate = New-ConvoxCertificate one.example.org -Force
        $password = [System.Net.NetworkCredential]::new('', 'secret').SecurePassword
        $null = $certificate | Export-ConvoxCertificate -Path one.pfx -Force -Password $password
        if ((Get-ConvoxCertificate).Thumbprint -ne $certificate.Certificate.Thumbprint) { throw 'Another certificate came back.' }

        """;

    private const string LoadForeign = """

        foreach ($file in [System.IO.Directory]::GetFiles($env:FOREIGN)) { $null = [System.Reflection.Assembly]::LoadFrom($file) }

        """;

    // Newtonsoft.Json belongs to PowerShell: a session has one shared copy of it.
    private static readonly string[] ForeignNames = ["AWSSDK.Core", "Newtonsoft.Json", "YamlDotNet"];

    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task Import_loads_only_ConvoxSsl_dll()
    {
        var loaded = LoadedAssembly.Read(await _session.RunWithoutModuleAsync(
            Import + "$null = Get-Command -Module ConvoxSsl" + LoadedAssembly.Script));

        var ours = Assert.Single(loaded, a => a.IsOfModule);
        Assert.Equal(("ConvoxSsl", LoadedAssembly.DefaultContext), (ours.Name, ours.Context));
    }

    [Fact]
    public async Task After_use_the_default_context_has_only_ConvoxSsl_dll_of_the_module()
    {
        var loaded = LoadedAssembly.Read(await _session.RunWithoutModuleAsync(Import + Use + LoadedAssembly.Script));

        Assert.Equal(
            ["ConvoxSsl"],
            loaded.Where(a =>
                a.Context == LoadedAssembly.DefaultContext && (a.IsOfModule || a.Name.StartsWith("ConvoxSsl", StringComparison.Ordinal)))
                    .Select(a => a.Name));
        var moduleAssemblies = loaded.Where(a => a.Context == LoadedAssembly.ModuleContext).ToArray();
        Assert.Contains(moduleAssemblies, a => a.Name == "ConvoxSsl.Engine");
        Assert.Contains(moduleAssemblies, a => a.Name == "System.Security.Cryptography.Pkcs");
        Assert.All(moduleAssemblies, a => Assert.StartsWith(Path.Combine(Repository.Module, "lib"), a.Location, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_newer_library_of_PowerShell_does_not_replace_the_shipped_one()
    {
        const string LoadPowerShells = "$null = [System.Reflection.Assembly]::Load('System.Security.Cryptography.Pkcs')\n";
        var loaded = LoadedAssembly.Read(await _session.RunWithoutModuleAsync(LoadPowerShells + Import + Use + LoadedAssembly.Script));

        var copies = loaded.Where(a => a.Name == "System.Security.Cryptography.Pkcs").ToDictionary(a => a.Context);
        Assert.False(copies[LoadedAssembly.DefaultContext].IsOfModule);
        Assert.True(copies[LoadedAssembly.ModuleContext].IsOfModule);
        Assert.NotEqual(copies[LoadedAssembly.DefaultContext].Version, copies[LoadedAssembly.ModuleContext].Version);
    }

    [Theory]
    [InlineData("foreign first")]
    [InlineData("module first")]
    [InlineData("module used first")]
    public async Task Foreign_libraries_and_the_module_do_not_affect_each_other(string order)
    {
        var script = order switch
        {
            "foreign first" => LoadForeign + Import + Use,
            "module first" => Import + LoadForeign + Use,
            _ => Import + Use + LoadForeign + Use,
        };
        var before = Foreign(await _session.RunWithoutModuleAsync(LoadForeign + LoadedAssembly.Script));
        var output = await _session.RunWithoutModuleAsync(
            script + LoadedAssembly.Script + "[YamlDotNet.Serialization.DeserializerBuilder].Assembly.Location");

        Assert.Equal(ForeignNames, before.Select(a => a.Name));
        Assert.Equal(before, Foreign(output));
        Assert.Equal(Path.Combine(Repository.Foreign, "YamlDotNet.dll"), output[^1]);
        Assert.All(
            LoadedAssembly.Read(output).Where(a => a.Context == LoadedAssembly.ModuleContext), a => Assert.True(a.IsOfModule, a.Location));
    }

    [Fact]
    public async Task Kubernetes_libraries_are_not_loaded_for_a_local_rack()
    {
        var loaded =
            LoadedAssembly.Read(await _session.RunWithoutModuleAsync(Import + Use + "$null = Get-ConvoxRack\n" + LoadedAssembly.Script));

        Assert.DoesNotContain(loaded, a => a.IsOfModule && a.Name is "ConvoxSsl.Kubernetes" or "YamlDotNet");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_Kubernetes_rack_works_beside_another_YamlDotNet(bool isForeignFirst)
    {
        await using var server = await ScriptedKubernetesServer.StartAsync(new ScriptedKubernetesOptions(), CancellationToken.None);
        await server.EnsureNamespaceAsync("production-system", CancellationToken.None);
        server.WriteKubeConfig(Path.Combine(_session.Home, "kubeconfig"));
        const string UseCluster = """

            $rack = Connect-ConvoxRack -Name production -KubeConfig kubeconfig
            $made = New-ConvoxCertificate one.example.org -WarningAction SilentlyContinue
            "$($rack.Kind) $((Get-ConvoxCertificate -Id $made.Id).Domain)"

            """;
        var output = await _session.RunWithoutModuleAsync(
            (isForeignFirst ? LoadForeign + Import + UseCluster : Import + UseCluster + LoadForeign) + LoadedAssembly.Script);

        Assert.Equal("Kubernetes one.example.org", output[0]);
        var copies = LoadedAssembly.Read(output).Where(a => a.Name == "YamlDotNet").ToDictionary(a => a.Context);
        Assert.True(copies[LoadedAssembly.ModuleContext].IsOfModule);
        Assert.Equal(Path.Combine(Repository.Foreign, "YamlDotNet.dll"), copies[LoadedAssembly.DefaultContext].Location);
        Assert.Contains(LoadedAssembly.Read(output), a => a is { Context: LoadedAssembly.ModuleContext, Name: "ConvoxSsl.Kubernetes" });
    }

    [Fact]
    public async Task Assemblies_missing_elsewhere_are_not_loaded_from_the_module()
    {
        var output = await _session.RunWithoutModuleAsync(Import + Use + """
            foreach ($file in [System.IO.Directory]::GetFiles("$env:MODULE/lib", '*.dll')) {
                $name = [System.IO.Path]::GetFileNameWithoutExtension($file)
                try { $assembly = [System.Reflection.Assembly]::Load($name) } catch { continue }
                if ($name -notlike 'ConvoxSsl.*' -and $assembly.Location.StartsWith($env:MODULE)) { "given away: $name" }
            }
            """);

        Assert.Empty(output);
    }

    [Fact]
    public async Task A_missing_library_is_an_error_and_does_not_end_the_session()
    {
        var copy = Path.Combine(_session.Home, "ConvoxSsl");
        Directory.CreateDirectory(Path.Combine(copy, "lib"));
        foreach (var file in Directory.GetFiles(Repository.Module))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        var output = await _session.RunWithoutModuleAsync($$"""
            Import-Module '{{copy}}'
            try { Get-ConvoxCertificate } catch { $_.Exception.GetBaseException().GetType().Name }
            """);

        Assert.Equal(["FileNotFoundException"], output);
    }

    private static LoadedAssembly[] Foreign(IEnumerable<string> output) =>
        [.. LoadedAssembly.Read(output)
            .Where(a => a.Context == LoadedAssembly.DefaultContext && ForeignNames.Contains(a.Name))
            .OrderBy(a => a.Name, StringComparer.Ordinal)];
}
