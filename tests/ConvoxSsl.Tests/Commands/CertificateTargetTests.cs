using System.Management.Automation;
using System.Runtime.Versioning;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests the cmdlets for certificate targets, with programs as servers.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class CertificateTargetTests : IAsyncLifetime
{
    private readonly HostedPowerShell _powerShell = new();

    private string Reloads => _powerShell["reloads"];

    public async Task InitializeAsync()
    {
        _powerShell.Set("site", _powerShell["site"]);
        _powerShell.Set("files", Path.GetDirectoryName(_powerShell["site"]));
        await File.WriteAllTextAsync(_powerShell["reload"], $"""
            #!/bin/sh
            echo "reloading $1"
            echo "$1" >> '{Reloads}'
            test ! -e '{_powerShell["broken"]}'
            """);
        File.SetUnixFileMode(_powerShell["reload"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await OkAsync("New-ConvoxCertificate www.example.org -Issuer self-signed -WarningAction Ignore");
    }

    public Task DisposeAsync()
    {
        _powerShell.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_target_is_delivered_to_now_and_after_each_renewal_until_it_is_removed()
    {
        var added = Assert.Single((await OkAsync(
            "Add-ConvoxCertificateTarget www.example.org $site -Command $files/reload, site -Verbose")).Of<ConvoxCertificateTarget>());
        Assert.Equal(
            (1, ConvoxTargetKind.Files, ConvoxTargetStatus.Current, 1, _powerShell["site"]),
            (added.Id, added.Kind, added.Status, added.Version, added.Path));
        Assert.Equal([_powerShell["reload"], "site"], added.Command);
        await AssertDeliveredAsync();

        var renewal = await OkAsync("Update-ConvoxCertificate -Force -Verbose");
        Assert.Equal(ConvoxRenewalResult.Renewed, Assert.Single(renewal.Of<ConvoxRenewal>()).Result);
        Assert.Contains(renewal.Verbose, line => line.Contains("reloading site", StringComparison.Ordinal));
        await AssertDeliveredAsync();
        await OkAsync("Restore-ConvoxCertificate www.example.org");
        await AssertDeliveredAsync();
        Assert.Equal(3, (await File.ReadAllLinesAsync(Reloads)).Length);

        await OkAsync("Get-ConvoxCertificateTarget | Remove-ConvoxCertificateTarget -Confirm:$false");
        Assert.Empty((await OkAsync("Get-ConvoxCertificateTarget; Update-ConvoxCertificate -Force")).Errors);
        Assert.Equal(3, (await File.ReadAllLinesAsync(Reloads)).Length);
        Assert.True(File.Exists(_powerShell["site/privkey.pem"]));
    }

    [Fact]
    public async Task A_failed_delivery_is_an_error_of_each_run_until_it_succeeds()
    {
        await OkAsync("Add-ConvoxCertificateTarget www.example.org $site -Command $files/reload, site");
        await File.WriteAllTextAsync(_powerShell["broken"], string.Empty);
        var renewal = await _powerShell.RunAsync("Update-ConvoxCertificate -Force; \"exit $([int](-not $?))\"", default);
        AssertNotDelivered(renewal);
        Assert.Contains("failed with exit code 1: reloading site.", renewal.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Equal(["exit 1"], renewal.Of<string>());

        // Nothing is due, and the time of the next attempt has not come.
        AssertNotDelivered(await _powerShell.RunAsync("Update-ConvoxCertificate", default));
        Assert.Equal(2, (await File.ReadAllLinesAsync(Reloads)).Length);
        var failed = Assert.Single((await OkAsync("Get-ConvoxCertificateTarget -Status Failed")).Of<ConvoxCertificateTarget>());
        Assert.Equal((1, true), (failed.Version, failed.NextTry > DateTimeOffset.UtcNow));
        Assert.Contains("exit code 1", failed.StatusReason, StringComparison.Ordinal);
        var check = Assert.Single(
            (await OkAsync("Test-ConvoxCertificateTarget 1")).Of<ConvoxCheck>(), check => !check.Passed);
        Assert.Equal(("Certificate", 1), (check.Check, check.Target));

        File.Delete(_powerShell["broken"]);
        var published = Assert.Single((await OkAsync("Publish-ConvoxCertificate")).Of<ConvoxPublication>());
        Assert.Equal((ConvoxPublicationResult.Updated, 1), (published.Result, published.Target));
        await OkAsync("Update-ConvoxCertificate; if (Publish-ConvoxCertificate) { throw }");
        await AssertDeliveredAsync();
        Assert.Equal(3, (await File.ReadAllLinesAsync(Reloads)).Length);
    }

    [Fact]
    public async Task A_target_for_a_domain_gets_certificates_that_are_issued_or_imported_later()
    {
        var added = await OkAsync("Add-ConvoxCertificateTarget -Domain '*.example.com' -Path $site -Format CombinedPem");
        Assert.Contains("*.example.com", Assert.Single(added.Warnings), StringComparison.Ordinal);
        Assert.Equal(ConvoxTargetStatus.Outdated, Assert.Single(added.Of<ConvoxCertificateTarget>()).Status);

        await OkAsync("New-ConvoxCertificate a.example.com -Issuer self-signed -WarningAction Ignore");
        await OkAsync("Export-ConvoxCertificate a.example.com $files/pem; "
            + "Import-ConvoxCertificate $files/pem/fullchain.pem $files/pem/privkey.pem; "
            + "New-ConvoxCertificate *.example.com -Issuer self-signed -WarningAction Ignore");
        Assert.Equal(
            3, Assert.Single((await OkAsync("Get-ConvoxCertificateTarget")).Of<ConvoxCertificateTarget>()).Certificates.Count);
        var names = Directory.GetFiles(_powerShell["site"]).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal((3, "_.example.com.pem", "a.example.com.pem"), (names.Length, names[0], names[1]));
    }

    [Fact]
    public async Task A_change_is_delivered_at_once()
    {
        await OkAsync("Add-ConvoxCertificateTarget www.example.org $site -NoDelivery");
        Assert.False(Directory.Exists(_powerShell["site"]));
        await OkAsync("Publish-ConvoxCertificate www.example.org -WhatIf");
        Assert.False(Directory.Exists(_powerShell["site"]));

        var changed = Assert.Single((await OkAsync(
            "Get-ConvoxCertificateTarget | Set-ConvoxCertificateTarget -Mode 0640 -Command $files/reload -PassThru"))
            .Of<ConvoxCertificateTarget>());
        Assert.Equal((ConvoxTargetStatus.Current, "0640"), (changed.Status, changed.Mode));
        Assert.Equal((UnixFileMode)0b110_100_000, File.GetUnixFileMode(_powerShell["site/privkey.pem"]));
        changed = Assert.Single((await OkAsync(
            "Set-ConvoxCertificateTarget 1 -CertificatePath $files/a.crt -KeyPath $files/a.key -Command @() -Mode '' -PassThru"))
            .Of<ConvoxCertificateTarget>());
        Assert.Equal((_powerShell["a.crt"], _powerShell["a.key"], null), (changed.Path, changed.KeyPath, changed.Mode));
        Assert.Empty(changed.Command);
        Assert.True(File.Exists(_powerShell["a.key"]));
    }

    [Fact]
    public async Task Another_certificate_can_be_selected_and_removal_is_warned_of()
    {
        await OkAsync("New-ConvoxCertificate other.example.org -Issuer self-signed -WarningAction Ignore");
        await OkAsync("Add-ConvoxCertificateTarget www.example.org $site");
        var id = Assert.Single((await OkAsync("Get-ConvoxCertificate other.example.org")).Of<ConvoxCertificate>()).Id;
        var changed = Assert.Single((await OkAsync("Set-ConvoxCertificateTarget 1 -Certificate other.example.org -PassThru"))
            .Of<ConvoxCertificateTarget>());
        Assert.Equal((id, ConvoxTargetStatus.Current), (changed.Certificate, changed.Status));
        Assert.Contains(
            "nothing is delivered",
            Assert.Single((await OkAsync("Publish-ConvoxCertificate www.example.org")).Warnings),
            StringComparison.Ordinal);

        var removal = await OkAsync("Remove-ConvoxCertificate other.example.org -WhatIf");
        Assert.Contains("certificate target 1 gets no certificate", Assert.Single(removal.Warnings), StringComparison.Ordinal);
        Assert.Empty((await OkAsync("Remove-ConvoxCertificate www.example.org -Confirm:$false")).Warnings);

        // No CA renews an imported certificate, whether it is named or not.
        var imported = await OkAsync("Export-ConvoxCertificate other.example.org $files/pem; "
            + "Import-ConvoxCertificate $files/pem/fullchain.pem $files/pem/privkey.pem | Update-ConvoxCertificate");
        Assert.Contains("imported", Assert.Single(imported.Of<ConvoxRenewal>()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_can_be_removed_although_the_targets_are_damaged()
    {
        await OkAsync("Add-ConvoxCertificateTarget www.example.org $site");
        var rack = Assert.Single((await OkAsync("Get-ConvoxRack")).Of<ConvoxRack>());
        await File.WriteAllTextAsync(Path.Combine(rack.Location, "targets.json"), "{");

        var removal = await OkAsync("Remove-ConvoxCertificate www.example.org -Confirm:$false; Get-ConvoxCertificate");
        Assert.Empty(removal.Objects);
        Assert.Contains("targets.json", Assert.Single(removal.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_machine_shows_a_target_and_takes_it_over_on_request()
    {
        await OkAsync("Add-ConvoxCertificateTarget www.example.org $site -NoDelivery");
        var rack = Assert.Single((await OkAsync("Get-ConvoxRack")).Of<ConvoxRack>());
        var file = Path.Combine(rack.Location, "targets.json");
        var json = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(file, json.Replace($"\"{Environment.MachineName}\"", "\"another-machine\"", StringComparison.Ordinal));

        var shown = Assert.Single((await OkAsync("Update-ConvoxCertificate -Force | Out-Null; Get-ConvoxCertificateTarget"))
            .Of<ConvoxCertificateTarget>());
        Assert.Equal(("another-machine", ConvoxTargetStatus.Outdated), (shown.HostName, shown.Status));
        Assert.False(Directory.Exists(_powerShell["site"]));

        var taken = Assert.Single((await OkAsync("Set-ConvoxCertificateTarget 1 -TakeOver -PassThru")).Of<ConvoxCertificateTarget>());
        Assert.Equal((Environment.MachineName, ConvoxTargetStatus.Current), (taken.HostName, taken.Status));
        await AssertDeliveredAsync();
    }

    [Fact]
    public async Task A_script_gets_the_certificate_and_its_files_and_its_error_is_that_of_the_target()
    {
        _powerShell.Set("script", ScriptBlock.Create($$"""
            param($Certificate, $Path)
            [System.IO.File]::Copy("$Path/fullchain.pem", '{{_powerShell["copy"]}}', $true)
            if ([System.IO.File]::Exists('{{_powerShell["broken"]}}')) { throw "no space for $($Certificate.Domain)" }
            "copied version $($Certificate.Version)"
            """));
        var added = Assert.Single((await OkAsync("Add-ConvoxCertificateTarget www.example.org -Script $script"))
            .Of<ConvoxCertificateTarget>());
        Assert.Equal((ConvoxTargetKind.Script, ConvoxTargetStatus.Current), (added.Kind, added.Status));
        var live = Assert.Single((await OkAsync("Get-ConvoxCertificate")).Of<ConvoxCertificate>());
        Assert.Equal(await File.ReadAllTextAsync($"{live.Path}/fullchain.pem"), await File.ReadAllTextAsync(_powerShell["copy"]));

        await File.WriteAllTextAsync(_powerShell["broken"], string.Empty);
        var failed = await _powerShell.RunAsync("Update-ConvoxCertificate -Force", default);
        AssertNotDelivered(failed);
        Assert.Contains("no space for www.example.org", failed.Errors[0].Exception.Message, StringComparison.Ordinal);
        File.Delete(_powerShell["broken"]);
        var verbose = (await OkAsync("Publish-ConvoxCertificate -Verbose")).Verbose;
        Assert.Contains(verbose, line => line.Contains("copied version 2", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("www.example.org", "InvalidParameters", "-Path")]
    [InlineData("www.example.org $site -Script { param($Path) }", "InvalidParameters", "-Script")]
    [InlineData("www.example.org -Script { 'nothing' }", "InvalidParameters", "param(")]
    [InlineData("-Path $site", "InvalidParameters", "-Domain")]
    [InlineData("no.example.org $site", "CertificateNotFound", "no.example.org")]
    [InlineData("www.example.org $site/x.pem", "InvalidExportPath", "x.pem")]
    [InlineData("www.example.org $site -CertificatePath $site/a", "InvalidParameters", "-CertificatePath")]
    [InlineData("www.example.org -CertificatePath $site/a", "InvalidParameters", "-KeyPath")]
    [InlineData("www.example.org -CertificatePath $site/a -KeyPath $site/b -Format Pfx", "InvalidParameters", "Pfx")]
    [InlineData("-Domain *.example.org -CertificatePath $site/a -KeyPath $site/b", "InvalidParameters", "several")]
    [InlineData("www.example.org -CertificatePath $site/a -KeyPath $site/a", "InvalidParameters", "-Format CombinedPem")]
    [InlineData("www.example.org -CertificatePath $site/a -KeyPath $site/b -ChainPath $site/a", "InvalidParameters", "/a")]
    [InlineData("www.example.org $files/x.pem -Format Pfx", "InvalidExportPath", "x.pem")]
    [InlineData("-Domain *.example.org $site/x", "InvalidParameters", "-Path")]
    [InlineData("www.example.org $site -Owner no-such-user", "InvalidOwner", "'no-such-user'")]
    [InlineData("www.example.org $site -Mode 0644", "KeyExposed", "644")]
    [InlineData("www.example.org $files/reload/x", "InvalidExportPath", "reload")]
    [InlineData("www.example.org $site -Command 'no such', program", "CommandNotFound", "'no such'")]
    [InlineData("www.example.org $site -Restart", "InvalidParameters", "-Service")]
    [InlineData("www.example.org $site -Service a -Command b", "InvalidParameters", "-Command")]
    public async Task Bad_input_is_one_error_before_anything_changes(string arguments, string id, string text)
    {
        var error = Assert.Single((await _powerShell.RunAsync($"Add-ConvoxCertificateTarget {arguments}", default)).Errors);

        Assert.StartsWith($"ConvoxSsl.{id},", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(text, error.Exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_powerShell["site"]));
        Assert.Empty((await OkAsync("Get-ConvoxCertificateTarget")).Objects);
    }

    [Theory]
    [InlineData("Get-ConvoxCertificateTarget 7", "TargetNotFound")]
    [InlineData("Get-ConvoxCertificateTarget site", "TargetNotFound")]
    [InlineData("Set-ConvoxCertificateTarget 7 -Mode 0600", "TargetNotFound")]
    [InlineData("Set-ConvoxCertificateTarget 7", "NothingToChange")]
    [InlineData("Remove-ConvoxCertificateTarget 7 -Confirm:$false", "TargetNotFound")]
    [InlineData("Test-ConvoxCertificateTarget 7", "TargetNotFound")]
    [InlineData("Publish-ConvoxCertificate", "NoApps")]
    public async Task A_missing_target_is_one_error(string script, string id)
    {
        var error = Assert.Single((await _powerShell.RunAsync(script, default)).Errors);
        Assert.StartsWith($"ConvoxSsl.{id},", error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    private static void AssertNotDelivered(PowerShellResult result)
    {
        var error = Assert.Single(result.Errors);
        Assert.StartsWith("ConvoxSsl.NotDelivered,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Single(result.Of<ConvoxRenewal>());
    }

    private async Task AssertDeliveredAsync()
    {
        var live = Assert.Single((await OkAsync("Get-ConvoxCertificate")).Of<ConvoxCertificate>());
        foreach (var name in new[] { "privkey.pem", "fullchain.pem" })
        {
            Assert.Equal(await File.ReadAllTextAsync($"{live.Path}/{name}"), await File.ReadAllTextAsync(_powerShell[$"site/{name}"]));
        }

        Assert.Equal(
            (ConvoxTargetStatus.Current, live.Version),
            Assert.Single((await OkAsync("Get-ConvoxCertificateTarget")).Of<ConvoxCertificateTarget>()) is var target
                ? (target.Status, target.Version)
                : default);
    }

    private async Task<PowerShellResult> OkAsync(string script) => (await _powerShell.RunAsync(script, default)).Succeeded();
}
