using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests that no command uses a rack that somebody else can change.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class RackTrustTests : IDisposable
{
    private readonly HostedPowerShell _powerShell = new();

    public void Dispose() => _powerShell.Dispose();

    [Theory]
    [InlineData("Get-ConvoxCertificate")]
    [InlineData("New-ConvoxCertificate www.example.org -Issuer self-signed")]
    [InlineData("Update-ConvoxCertificate")]
    [InlineData("Get-ConvoxDnsSolver")]
    [InlineData("Test-ConvoxDnsSolver 1")]
    [InlineData("Add-ConvoxDnsSolver 2 example.net -HostedZoneId Z1")]
    [InlineData("Get-ConvoxAcmeAccount")]
    [InlineData("Connect-ConvoxRack $Rack")]
    public async Task A_rack_that_others_can_change_is_refused_and_its_script_does_not_run(string command)
    {
        var trace = _powerShell["trace"];
        var script = $"{{ param($Name, $Value) New-Item '{trace}' }}";
        (await RunAsync($"Add-ConvoxDnsSolver 1 example.org -Present {script} -CleanUp {script}")).Succeeded();
        var solvers = Path.Combine(_powerShell.RackPath, "solvers.json");
        File.SetUnixFileMode(solvers, File.GetUnixFileMode(solvers) | UnixFileMode.OtherWrite);

        var run = await RunAsync(command);

        var error = run.TerminatingError ?? Assert.Single(run.Errors);
        Assert.StartsWith("ConvoxSsl.RackNotTrusted,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains($"other users can write to '{solvers}'", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains($"chmod go-w {solvers}", error.ErrorDetails?.RecommendedAction, StringComparison.Ordinal);
        Assert.False(File.Exists(trace));
    }

    private Task<PowerShellResult> RunAsync(string script) => _powerShell.RunAsync(script, CancellationToken.None);
}
