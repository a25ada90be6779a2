using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests that a command which does something unexpected, or nothing, says so.</summary>
public sealed class NoticeTests : IAsyncLifetime
{
    private ScriptedCaSession _session = null!;

    public async Task InitializeAsync()
    {
        _session = await ScriptedCaSession.StartAsync();
        _session.PowerShell.Set("folder", _session.PowerShell["files"]);
    }

    public async Task DisposeAsync() => await _session.DisposeAsync();

    [Fact]
    public async Task The_export_of_a_revoked_certificate_is_a_warning_and_so_is_a_second_revocation()
    {
        var issued = (await RunAsync($"New-ConvoxCertificate www.example.org {ScriptedCaSession.Issuing}")).Succeeded();
        var id = Assert.Single(issued.Of<ConvoxCertificate>()).Id;
        Assert.Empty((await RunAsync("$null = Export-ConvoxCertificate www.example.org $folder")).Succeeded().Warnings);
        Assert.Empty((await RunAsync("Revoke-ConvoxCertificate www.example.org -Confirm:$false")).Succeeded().Warnings);

        var exported = (await RunAsync("Export-ConvoxCertificate www.example.org $folder -Force")).Succeeded();
        var repeated = (await RunAsync("Revoke-ConvoxCertificate www.example.org -Confirm:$false -PassThru")).Succeeded();

        Assert.Equal($"Clients reject the exported version 1 of {id} because it was revoked.", Assert.Single(exported.Warnings));
        Assert.NotEmpty(exported.Objects);
        Assert.StartsWith(
            $"{id} (www.example.org) was already revoked on ", Assert.Single(repeated.Warnings), StringComparison.Ordinal);
        Assert.Equal(ConvoxCertificateStatus.Revoked, Assert.Single(repeated.Of<ConvoxCertificate>()).Status);
    }

    [Theory]
    [InlineData(" -Issuer self-signed")]
    [InlineData("")]
    public async Task A_self_signed_certificate_beside_an_imported_one_is_a_warning(string issuer)
    {
        var imported = (await RunAsync(
            "$null = New-ConvoxCertificate www.example.org -Issuer self-signed -Rack $folder/other | Export-ConvoxCertificate -Path "
                + "$folder/pem; Import-ConvoxCertificate $folder/pem/cert.pem $folder/pem/privkey.pem")).Succeeded();
        var id = Assert.Single(imported.Of<ConvoxCertificate>()).Id;

        var created = (await RunAsync($"New-ConvoxCertificate www.example.org{issuer}")).Succeeded();
        var repeated = (await RunAsync($"New-ConvoxCertificate www.example.org{issuer}")).Succeeded();

        Assert.StartsWith($"The rack has an imported certificate for the same names: {id}.", created.Warnings[0], StringComparison.Ordinal);
        Assert.DoesNotContain(repeated.Warnings, warning => warning.Contains("imported", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("New-ConvoxCertificate www.example.org -Issuer self-signed")]
    [InlineData("Add-ConvoxDnsSolver 1 example.org -HostedZoneId Z1")]
    [InlineData("Set-ConvoxRack -DefaultIssuer letsencrypt")]
    [InlineData("Set-ConvoxWebhook https://hooks.example.org")]
    public async Task A_rack_that_a_command_creates_is_announced_once(string command)
    {
        var first = (await RunAsync($"{command} -Rack $folder/new")).Succeeded();
        var second = await RunAsync("New-ConvoxCertificate api.example.org -Issuer self-signed -Rack $folder/new");

        var path = _session.PowerShell["files/new"];
        Assert.Equal($"There is no rack at '{path}' yet. A new one will be created there.", Assert.Single(first.Information));
        Assert.DoesNotContain(first.Warnings, warning => warning.Contains("no rack", StringComparison.Ordinal));
        Assert.Empty(second.Information);
    }

    [Fact]
    public async Task A_version_that_is_not_kept_is_an_error_that_lists_those_that_are()
    {
        await RunAsync("$null = New-ConvoxCertificate www.example.org -Issuer self-signed");

        var exported = Assert.Single((await RunAsync("Export-ConvoxCertificate www.example.org $folder -Version 99")).Errors);
        var restored = Assert.Single((await RunAsync("Restore-ConvoxCertificate www.example.org")).Errors);

        Assert.StartsWith("ConvoxSsl.CertificateNotFound,", exported.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(
            " has no version 99; it keeps 1. Choose one of them with -Version.", exported.Exception.Message, StringComparison.Ordinal);
        Assert.StartsWith("ConvoxSsl.NoOlderVersion,", restored.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(
            " has only version 1. Each renewal and each import adds one.", restored.Exception.Message, StringComparison.Ordinal);
    }

    private Task<PowerShellResult> RunAsync(string script) => _session.RunAsync(script);
}
