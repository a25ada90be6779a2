using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests the objects that select certificates in a pipeline.</summary>
public sealed class CertificateInputTests : IDisposable
{
    private const string Restored =
        "[System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($one))";

    private readonly HostedPowerShell _powerShell = new();
    private string _one = string.Empty;

    public CertificateInputTests() => _powerShell.Set("folder", _powerShell["files"]);

    public void Dispose() => _powerShell.Dispose();

    [Theory]
    [InlineData("Get-ConvoxCertificate | ForEach-Object Id")]
    [InlineData("Update-ConvoxCertificate | ForEach-Object Id")]
    [InlineData("Wait-ConvoxCertificate | ForEach-Object Id")]
    [InlineData("Restore-ConvoxCertificate -Version 1 | ForEach-Object Id")]
    [InlineData("Export-ConvoxCertificate -Path $folder -Force | ForEach-Object { $one.Id } | Select-One")]
    [InlineData("Remove-ConvoxCertificate -WhatIf; $one.Id")]
    [InlineData("Show-ConvoxExpiry | ForEach-Object { $one.Id } | Select-One")]
    public async Task An_object_with_an_ID_or_a_domain_selects_its_certificate(string command)
    {
        await CreateAsync();
        string[] inputs =
        [
            "[pscustomobject]@{ Domain = 'one.example.org' }", "[pscustomobject]@{ Domain = @('one.example.org') }",
            "@{ Domain = 'one.example.org' }", "[pscustomobject]@{ Id = $one.Id; Domain = 'two.example.org' }",
            "[pscustomobject]@{ Id = ''; Domain = 'one.example.org' }", "$one", "$one.Id", "'one.example.org'", Restored,
            "[pscustomobject]@{ Service = 'web'; CertificateId = $one.Id; Domain = @('one.example.org', 'two.example.org') }",
        ];
        foreach (var input in inputs)
        {
            var run = (await RunAsync($"function Select-One {{ end {{ @($input)[0] }} }}; {input} | {command}")).Succeeded();

            Assert.Equal([_one], run.Of<string>());
        }
    }

    [Theory]
    [InlineData("[System.IO.FileInfo]::new($one.Id) | Update-ConvoxCertificate", "type FileInfo does not name a certificate")]
    [InlineData("[System.IO.FileInfo]::new($one.Id) | Get-ConvoxCertificate", "type FileInfo does not name a certificate")]
    [InlineData("Remove-ConvoxCertificate ([System.IO.FileInfo]::new('x')) -Confirm:$false", "type FileInfo does not name a certificate")]
    [InlineData("$process | Wait-ConvoxCertificate", "type Process does not name a certificate")]
    [InlineData("$process | Show-ConvoxExpiry", "type Process is not a certificate")]
    [InlineData("[System.IO.FileInfo]::new('one.example.org') | New-ConvoxCertificate", "type FileInfo is not a name")]
    [InlineData("Test-ConvoxDomain ([System.IO.FileInfo]::new('one.example.org'))", "type FileInfo is not a name")]
    [InlineData("$process | Remove-ConvoxDnsSolver -Confirm:$false", "type Process does not name a DNS solver")]
    [InlineData("Get-ConvoxCertificate -Rack $process", "type Process is not a rack")]
    [InlineData("$process | Test-ConvoxEndpoint", "type Process names no server")]
    [InlineData("Set-ConvoxServiceCertificate web $process -Path $folder", "type Process is not a certificate")]
    public async Task An_object_of_another_type_is_one_error(string script, string expected)
    {
        await CreateAsync();
        Directory.CreateDirectory(_powerShell["files"]);
        await File.WriteAllTextAsync(_powerShell["files/convox.yml"], "services:\n  web:\n    port: 3000\n");
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        _powerShell.Set("process", process);

        var run = await RunAsync(script);

        var error = run.TerminatingError ?? Assert.Single(run.Errors);
        Assert.Contains(expected, error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(run.Objects);
        Assert.Equal(2, (await RunAsync("Get-ConvoxCertificate")).Objects.Count);
    }

    [Theory]
    [InlineData("[pscustomobject]@{ Name = 'one.example.org' } | Update-ConvoxCertificate")]
    [InlineData("@{ Name = 'one.example.org' } | Remove-ConvoxCertificate -Confirm:$false")]
    [InlineData("Get-ConvoxRack | Get-ConvoxCertificate -Issuer nobody")]
    [InlineData("Get-ConvoxServiceCertificate -Path $folder -Service cert | Remove-ConvoxCertificate -Confirm:$false")]
    [InlineData("Get-ConvoxServiceCertificate -Path $folder -Service web | Remove-ConvoxCertificate -Confirm:$false")]
    [InlineData("[pscustomobject]@{ CertificateId = ''; Domain = 'one.example.org' } | Revoke-ConvoxCertificate -Confirm:$false")]
    public async Task An_object_without_an_ID_and_a_domain_is_an_error_with_an_example(string script)
    {
        await CreateAsync();
        Directory.CreateDirectory(_powerShell["files"]);
        await File.WriteAllTextAsync(
            _powerShell["files/convox.yml"], "services:\n  cert:\n    port: 3000\n  web:\n    domain: one.example.org\n    port: 3000\n");

        var run = await RunAsync(script + "; Get-ConvoxCertificate");

        Assert.Contains("[pscustomobject]@{ Domain = 'www.example.org' }", Assert.Single(run.Errors).Exception.Message,
            StringComparison.Ordinal);
        Assert.Equal(2, run.Of<ConvoxCertificate>().Count);
    }

    [Fact]
    public async Task A_service_takes_the_certificate_of_an_object()
    {
        await CreateAsync();
        Directory.CreateDirectory(_powerShell["files"]);
        await File.WriteAllTextAsync(_powerShell["files/convox.yml"], "services:\n  web:\n    port: 3000\n");

        (await RunAsync(
            "[pscustomobject]@{ Service = 'web'; Domain = 'one.example.org' } | Set-ConvoxServiceCertificate -Path $folder")).Succeeded();

        Assert.Contains(_one, await File.ReadAllTextAsync(_powerShell["files/convox.yml"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Get-ConvoxCertificate | Export-ConvoxCertificate $folder", "Export-ConvoxCertificate -Path ")]
    [InlineData("$one | Export-ConvoxCertificate $folder", "Export-ConvoxCertificate -Path ")]
    [InlineData("$one | Export-ConvoxCertificate", "such as Export-ConvoxCertificate www.example.org -Path ./site")]
    [InlineData("Export-ConvoxCertificate one.example.org", "such as Export-ConvoxCertificate www.example.org -Path ./site")]
    [InlineData("Export-ConvoxCertificate -Domain one.example.org", "such as Export-ConvoxCertificate www.example.org -Path ./site")]
    [InlineData("$one | Remove-ConvoxCertificate two.example.org -Confirm:$false", "Leave out the one or the other")]
    [InlineData("$one | Remove-ConvoxCertificate -Domain two.example.org -Confirm:$false", "Leave out the one or the other")]
    [InlineData("$one | Get-ConvoxCertificate two.example.org", "Leave out the one or the other")]
    [InlineData("$one | Update-ConvoxCertificate two.example.org", "Leave out the one or the other")]
    [InlineData("$one | Show-ConvoxExpiry two.example.org", "Leave out the one or the other")]
    [InlineData("$one | Restore-ConvoxCertificate '1'", "name it: Restore-ConvoxCertificate -Version 1.")]
    public async Task Certificates_that_are_given_twice_or_without_a_path_are_one_error(string script, string remedy)
    {
        await CreateAsync();

        var run = await RunAsync(script);

        Assert.StartsWith("ConvoxSsl.InvalidParameters,", run.TerminatingError!.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(remedy, run.TerminatingError.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(run.Errors);
        Assert.Empty(run.Objects);
        Assert.False(Directory.Exists(_powerShell["files"]));
        Assert.Equal(2, (await RunAsync("Get-ConvoxCertificate")).Objects.Count);
    }

    [Fact]
    public async Task A_command_inside_a_pipeline_reads_its_parameters()
    {
        await CreateAsync();

        var run = await RunAsync("""
            function Get-One { process { Get-ConvoxCertificate one.example.org } }
            1 | Get-One
            1 | ForEach-Object { Get-ConvoxCertificate one.example.org }
            [powershell]::Create('CurrentRunspace').AddCommand('Get-ConvoxCertificate').AddParameter('Id', 'one.example.org').Invoke()
            'one' | Get-ConvoxCertificate -Id { "$_.example.org" }
            """);

        Assert.Equal([_one, _one, _one, _one], run.Succeeded().Of<ConvoxCertificate>().Select(certificate => certificate.Id));
    }

    [Fact]
    public async Task A_number_beside_a_certificate_from_the_pipeline_is_its_version()
    {
        await CreateAsync();

        Assert.Equal(_one, Assert.Single((await RunAsync("$one | Restore-ConvoxCertificate 1")).Succeeded().Of<ConvoxCertificate>()).Id);
    }

    private async Task CreateAsync()
    {
        var created = (await RunAsync("'one.example.org', 'two.example.org' | New-ConvoxCertificate -Issuer self-signed")).Succeeded();
        var one = created.Of<ConvoxCertificate>().Single(certificate => certificate.Domain == "one.example.org");
        _powerShell.Set("one", one);
        _one = one.Id;
    }

    private Task<PowerShellResult> RunAsync(string script) => _powerShell.RunAsync(script, CancellationToken.None);
}
