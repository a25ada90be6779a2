namespace ConvoxSsl.Package.Tests;

/// <summary>All ways to import the module.</summary>
public sealed class ImportTests : IDisposable
{
    private const string CountAndUse = """

        "$(@(Get-Command -Module ConvoxSsl).Count) $((New-ConvoxCertificate one.example.org -Force).Domain)"

        """;

    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("Import-Module $env:MODULE")]
    [InlineData("Import-Module $env:MODULE/ConvoxSsl.psd1")]
    [InlineData("Import-Module $env:MODULE -Force; Import-Module $env:MODULE -Force")]
    [InlineData("Import-Module $env:MODULE; $null = Get-ConvoxCertificate; Import-Module $env:MODULE -Force")]
    [InlineData("Import-Module $env:MODULE; $null = Get-ConvoxCertificate; Remove-Module ConvoxSsl; Import-Module $env:MODULE")]
    public async Task Every_way_to_import_yields_working_cmdlets(string import)
    {
        Assert.Equal(
            [$"{ModuleManifest.Read().Cmdlets.Count} one.example.org"], await _session.RunWithoutModuleAsync(import + CountAndUse));
    }

    [Fact]
    public async Task Remove_Module_removes_the_cmdlets()
    {
        Assert.Equal(["0"], await _session.RunAsync("Remove-Module ConvoxSsl; @(Get-Command -Module ConvoxSsl).Count"));
    }

    [Fact]
    public async Task Two_runspaces_of_a_process_can_use_the_module()
    {
        var output = await _session.RunAsync("""
            $null = New-ConvoxCertificate first.example.org
            $runspace = [runspacefactory]::CreateRunspace([initialsessionstate]::CreateDefault2())
            $runspace.Open()
            $second = [powershell]::Create($runspace)
            $null = $second.AddScript('Import-Module $env:MODULE; $null = New-ConvoxCertificate second.example.org; Get-ConvoxCertificate')
            $certificates = $second.Invoke()
            foreach ($e in $second.Streams.Error) { throw $e }
            $certificates | ForEach-Object { $_.Domain }
            (Get-ConvoxCertificate -Domain second.example.org).GetType() -eq $certificates[0].GetType()
            """);

        Assert.Equal(["True", "first.example.org", "second.example.org"], output.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Concurrent_imports_return_only_when_the_cmdlets_work()
    {
        const string Script = """
            $barrier = [System.Threading.Barrier]::new(16)
            $runs = foreach ($number in 1..16) {
                $runspace = [runspacefactory]::CreateRunspace([initialsessionstate]::CreateDefault2())
                $runspace.Open()
                $shell = [powershell]::Create($runspace)
                $null = $shell.AddScript({
                    param($Barrier, $Module)
                    $ErrorActionPreference = 'Stop'
                    $null = $Barrier.SignalAndWait([timespan]::FromMinutes(2))
                    Import-Module $Module
                    $null = [System.Reflection.Assembly]::Load('ConvoxSsl.Engine')
                    @(Get-ConvoxCertificate).Count
                }).AddArgument($barrier).AddArgument($env:MODULE)
                @{ Shell = $shell; Result = $shell.BeginInvoke() }
            }
            foreach ($run in $runs) { $run.Shell.EndInvoke($run.Result) }
            """;

        // Only the first import of a process attaches the resolver, so each attempt needs a process of its own.
        for (var process = 0; process < 4; process++)
        {
            Assert.Equal(Enumerable.Repeat("0", 16), await _session.RunWithoutModuleAsync(Script));
        }
    }

    [Fact]
    public async Task Scripts_can_name_the_types_of_the_module()
    {
        var output = await _session.RunAsync("""
            function Test-Type([ConvoxSsl.ConvoxCertificate] $Certificate) { $Certificate -is [ConvoxSsl.ConvoxCertificate] }
            Test-Type (New-ConvoxCertificate one.example.org)
            [ConvoxSsl.ConvoxCertificateStatus]::Ready
            """);

        Assert.Equal(["True", "Ready"], output);
    }
}
