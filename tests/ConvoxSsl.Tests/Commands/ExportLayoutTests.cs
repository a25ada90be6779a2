using System.Runtime.Versioning;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests to which files the certificates of an export are written.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ExportLayoutTests : IAsyncLifetime
{
    private const string Stale = "are from an earlier export and are not replaced";

    private readonly HostedPowerShell _powerShell = new();

    public async Task InitializeAsync()
    {
        // Relative paths belong to the session's directory.
        Directory.CreateDirectory(_powerShell["here"]);
        _powerShell.Set("files", _powerShell["here/files"]);
        _powerShell.Set("here", _powerShell["here"]);
        await OkAsync("$null = $ExecutionContext.SessionState.Path.SetLocation($here)");
        await OkAsync("New-ConvoxCertificate a.example.org -Issuer self-signed");
    }

    public Task DisposeAsync()
    {
        _powerShell.Dispose();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("Export-ConvoxCertificate a.example.org $files", "files")]
    [InlineData("Export-ConvoxCertificate -Domain a.example.org $files", "files")]
    [InlineData("Get-ConvoxCertificate | Export-ConvoxCertificate -Path $files", "files")]
    [InlineData("Export-ConvoxCertificate * $files", "files/a.example.org")]
    [InlineData("Export-ConvoxCertificate -Domain *.example.org $files", "files/a.example.org")]
    [InlineData("Export-ConvoxCertificate a.* a.example.org", "a.example.org/a.example.org")]
    [InlineData("Export-ConvoxCertificate a.example.org a.example.org", "a.example.org")]
    public async Task One_certificate_has_a_directory_of_its_own_only_if_a_wildcard_selects_it(string command, string expected)
    {
        var files = (await OkAsync(command)).Of<ConvoxFile>();

        Assert.Equal(4, files.Count);
        Assert.Equal(_powerShell[$"here/{expected}"], Assert.Single(files.Select(file => file.DirectoryName).Distinct()));
    }

    [Fact]
    public async Task A_wildcard_is_one_file_if_the_path_is_one_and_the_name_of_a_certificate_is_not_a_wildcard()
    {
        await OkAsync("New-ConvoxCertificate *.example.net -Issuer self-signed");

        Assert.Single((await OkAsync("Export-ConvoxCertificate a.* $files/a.pem -Format CombinedPem")).Of<ConvoxFile>());
        Assert.True(File.Exists(_powerShell["here/files/a.pem"]));
        await OkAsync("Export-ConvoxCertificate *.example.net $files/wild");
        Assert.True(File.Exists(_powerShell["here/files/wild/cert.pem"]));
    }

    [Fact]
    public async Task Old_files_of_the_other_layout_cause_a_warning_in_both_directions()
    {
        await OkAsync("Export-ConvoxCertificate a.example.org $files");
        await OkAsync("New-ConvoxCertificate b.example.org -Issuer self-signed");

        foreach (var options in (string[])["-WhatIf", "-Force"])
        {
            var several = await OkAsync($"Get-ConvoxCertificate | Export-ConvoxCertificate -Path $files {options}");
            Assert.Contains($"'{_powerShell["here/files"]}' {Stale}", Assert.Single(several.Warnings), StringComparison.Ordinal);
        }

        var one = Assert.Single((await OkAsync("Export-ConvoxCertificate b.example.org $files -Force")).Warnings);
        Assert.Contains($"'{_powerShell["here/files/b.example.org"]}' {Stale}", one, StringComparison.Ordinal);
        Assert.Contains("Export-ConvoxCertificate *", one, StringComparison.Ordinal);
        Assert.Empty((await OkAsync("Export-ConvoxCertificate b.example.org $files/alone")).Warnings);
        Assert.Empty((await OkAsync("Export-ConvoxCertificate * $files/all")).Warnings);
    }

    [Theory]
    [InlineData("Get-ConvoxCertificate | Export-ConvoxCertificate -Path $files/x.pem -Format CombinedPem", "is one file, but 2")]
    [InlineData("Export-ConvoxCertificate * $files/x.cer -Format Der", "is one file, but 2 certificates")]
    [InlineData("Export-ConvoxCertificate a.example.org, b.example.org $files/x.pfx", "is one file, but 2 certificates")]
    [InlineData("Export-ConvoxCertificate * $files/x.p7b", "is one file, but 2 certificates")]
    [InlineData("Get-ConvoxCertificate | Export-ConvoxCertificate -Path $files/x.pfx -Format Pkcs7", "'.pfx' does not have the format")]
    [InlineData("Export-ConvoxCertificate a.example.org $files/x.der -Format Pfx", "'.der' does not have the format Pfx")]
    [InlineData("Export-ConvoxCertificate a.example.org b.example.org", "'b.example.org' is the name of another certificate")]
    [InlineData("Export-ConvoxCertificate b.example.org $id", "is the name of another certificate")]
    [InlineData("Export-ConvoxCertificate a.example.org b.example.org -WhatIf", "'b.example.org' is the name of another certificate")]
    public async Task A_path_that_cannot_be_meant_is_one_error_before_anything_is_written(string command, string message)
    {
        await OkAsync("$id = (Get-ConvoxCertificate).Id; $null = New-ConvoxCertificate b.example.org -Issuer self-signed");

        var error = Assert.Single((await _powerShell.RunAsync(command, default)).Errors);

        Assert.StartsWith("ConvoxSsl.InvalidExportPath,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(message, error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_powerShell["here"]));
    }

    [Theory]
    [InlineData("./b.example.org")]
    [InlineData("b.example.org")]
    [InlineData("site")]
    public async Task A_path_that_can_be_meant_is_used(string path)
    {
        await OkAsync("$null = New-ConvoxCertificate b.example.org -Issuer self-signed");
        await OkAsync("$null = New-ConvoxCertificate *.example.org -Issuer self-signed");

        await OkAsync($"Export-ConvoxCertificate *.example.org {path}");

        Assert.True(File.Exists(_powerShell[$"here/{path}/cert.pem"]));
    }

    [Theory]
    [InlineData("000")]
    [InlineData("0200")]
    public async Task A_mode_without_access_for_the_owner_is_not_valid(string mode)
    {
        var error = Assert.Single((await _powerShell.RunAsync(
            $"Get-ConvoxCertificate | Export-ConvoxCertificate -Path $files -Mode {mode} -Force", default)).Errors);

        Assert.StartsWith("ConvoxSsl.InvalidMode,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("the owner could not read the files", error.Exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_powerShell["here/files"]));
    }

    [Fact]
    public async Task A_parameter_that_is_not_valid_is_one_error_for_several_certificates()
    {
        await OkAsync("New-ConvoxCertificate b.example.org -Issuer self-signed");

        const string Command = "Get-ConvoxCertificate | Export-ConvoxCertificate -Path $files -Mode rw";
        Assert.Single((await _powerShell.RunAsync(Command, default)).Errors);
    }

    private async Task<PowerShellResult> OkAsync(string script) =>
        (await _powerShell.RunAsync($"$WarningPreference = 'Continue'\n{script}", default)).Succeeded();
}
