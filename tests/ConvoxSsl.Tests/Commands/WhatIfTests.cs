using System.Runtime.Versioning;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests that a preview promises nothing that the command then rejects.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class WhatIfTests : IAsyncLifetime
{
    // The kernel's file system accepts no new files, not even from root.
    private const string NoRack = "-Rack /proc/none/rack";
    private const string CronJob = "Register-ConvoxRenewal -Rack /r -Image registry.example.org/convoxssl:1 -VolumeClaim rack";

    private ScriptedCaSession _session = null!;

    private string Folder => _session.PowerShell["files"];

    public async Task InitializeAsync()
    {
        _session = await ScriptedCaSession.StartAsync(new AcmeTestServerOptions { ExternalAccountRequired = true });
        Directory.CreateDirectory(Folder);
        _session.PowerShell.Set("folder", Folder);
        await File.WriteAllTextAsync(Path.Combine(Folder, "file"), string.Empty);
        (await _session.RunAsync("$null = New-ConvoxCertificate www.example.org -Issuer self-signed; "
            + "$null = Export-ConvoxCertificate www.example.org $folder/pem")).Succeeded();
    }

    public async Task DisposeAsync() => await _session.DisposeAsync();

    [Theory]
    [InlineData("Export-ConvoxCertificate www.example.org /proc/none", "InputOutput")]
    [InlineData("Export-ConvoxCertificate www.example.org $folder/file/below/site", "InvalidExportPath")]
    [InlineData("Get-ConvoxCertificate | Show-ConvoxExpiry -Html $folder/none/page.html", "DirectoryNotFound")]
    [InlineData("Get-ConvoxCertificate | Show-ConvoxExpiry -Html $folder", "InvalidPath")]
    [InlineData("Get-ConvoxCertificate | Show-ConvoxExpiry -Html /proc/page.html", "InputOutput")]
    [InlineData(CronJob + " -OutFile $folder/none/renewal.yaml", "DirectoryNotFound")]
    [InlineData(CronJob + " -OutFile $folder", "InvalidPath")]
    [InlineData("New-ConvoxCertificate b.example.org -Issuer self-signed " + NoRack, "RackNotWritable")]
    [InlineData("Import-ConvoxCertificate $folder/pem/cert.pem $folder/pem/privkey.pem " + NoRack, "RackNotWritable")]
    [InlineData("Add-ConvoxDnsSolver 1 example.org -HostedZoneId Z1 " + NoRack, "RackNotWritable")]
    [InlineData("Set-ConvoxWebhook https://hooks.example.org/ " + NoRack, "RackNotWritable")]
    [InlineData("Set-ConvoxRack -DefaultIssuer letsencrypt " + NoRack, "RackNotWritable")]
    [InlineData("New-ConvoxAcmeAccount $directory -CaCertificate $root -AcceptTermsOfService", "ExternalAccountRequired")]
    [InlineData($"New-ConvoxCertificate b.example.org {ScriptedCaSession.Issuing}", "ExternalAccountRequired")]
    public async Task A_preview_and_the_command_fail_with_the_same_error(string command, string id)
    {
        foreach (var script in new[] { $"{command} -WhatIf", command })
        {
            var error = Assert.Single((await _session.RunAsync(script)).Errors);
            Assert.StartsWith($"ConvoxSsl.{id},", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("What if:", _session.PowerShell.Host.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("New-ConvoxCertificate b.example.org -Issuer self-signed")]
    [InlineData("Update-ConvoxCertificate -Force")]
    public async Task A_preview_does_not_promise_to_change_a_rack_that_is_read_only(string command)
    {
        File.SetUnixFileMode(_session.PowerShell.RackPath, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            var error = Assert.Single((await _session.RunAsync($"{command} -WhatIf")).Errors);
            Assert.StartsWith("ConvoxSsl.RackNotWritable,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        }
        finally
        {
            File.SetUnixFileMode(
                _session.PowerShell.RackPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public async Task A_preview_does_not_promise_to_change_a_read_only_manifest()
    {
        var manifest = Path.Combine(Folder, "convox.yml");
        await File.WriteAllTextAsync(manifest, "services: { web: { domain: www.example.org }, worker: { domain: www.example.org } }");
        File.SetUnixFileMode(manifest, UnixFileMode.UserRead);

        var error = Assert.Single(
            (await _session.RunAsync("Set-ConvoxServiceCertificate web www.example.org -Path $folder -WhatIf")).Errors);

        Assert.StartsWith("ConvoxSsl.AccessDenied,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }
}
