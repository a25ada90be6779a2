using System.Management.Automation;
using System.Net;
using System.Security;
using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests the certificate cmdlets without a CA.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class LocalCertificateTests : IDisposable
{
    private readonly HostedPowerShell _powerShell = new();

    public LocalCertificateTests() => _powerShell.Set("folder", Path.GetDirectoryName(_powerShell.RackPath));

    public void Dispose() => _powerShell.Dispose();

    [Fact]
    public async Task Without_an_issuer_the_certificate_is_self_signed_for_a_year_with_a_warning()
    {
        var run = await RunAsync("New-ConvoxCertificate www.example.org");

        var certificate = Certificate(run);
        Assert.Equal("self-signed", certificate.Issuer);
        Assert.False(certificate.Generated);
        Assert.Equal(ConvoxCertificateStatus.Ready, certificate.Status);
        Assert.InRange(certificate.Expires!.Value - DateTimeOffset.UtcNow, TimeSpan.FromDays(364), TimeSpan.FromDays(365));
        Assert.Contains("-Issuer letsencrypt", Assert.Single(run.Warnings), StringComparison.Ordinal);
        using var x509 = certificate.ReadCertificate()!;
        Assert.Equal(certificate.SerialNumber, x509.SerialNumber);
        Assert.False(x509.HasPrivateKey);
        Assert.Equal(_powerShell[$"rack/certificates/{certificate.Id}/versions/1"], certificate.Path);
    }

    [Fact]
    public async Task The_same_names_in_another_order_return_the_existing_certificate_unless_forced()
    {
        var first = Certificate(await RunAsync("New-ConvoxCertificate a.example.org, b.example.org -Issuer self-signed"));
        var run = await RunAsync("New-ConvoxCertificate b.example.org, A.example.org -Issuer self-signed -Verbose");
        var same = Certificate(run);
        var forced = Certificate(await RunAsync("New-ConvoxCertificate b.example.org, a.example.org -Issuer self-signed -Force"));

        Assert.Equal((first.Id, first.SerialNumber, 1), (same.Id, same.SerialNumber, same.Version));
        Assert.Contains(run.Verbose, line => line.Contains("nothing is ordered", StringComparison.Ordinal));
        Assert.Equal((first.Id, 2), (forced.Id, forced.Version));
        Assert.NotEqual(first.SerialNumber, forced.SerialNumber);
    }

    [Fact]
    public async Task Names_can_be_separated_by_spaces()
    {
        var run = await RunAsync("New-ConvoxCertificate *.example.org b.example.org, c.example.org -Issuer self-signed d.example.org");
        Assert.Equal(["*.example.org", "b.example.org", "c.example.org", "d.example.org"], Certificate(run).Domains);

        var wrong = await RunAsync("New-ConvoxCertificate a.example.org -Isuer letsencrypt");
        var error = wrong.TerminatingError ?? Assert.Single(wrong.Errors);
        Assert.Contains("parameter that matches the name 'Isuer'", error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(wrong.Objects);
    }

    [Fact]
    public async Task Each_pipeline_object_is_one_certificate_and_an_array_is_one_for_all_names()
    {
        var each = await RunAsync("'a.example.org', 'b.example.org' | New-ConvoxCertificate -Issuer self-signed");
        var both = await RunAsync(",@('c.example.org', 'd.example.org') | New-ConvoxCertificate -Issuer self-signed");
        var byName = await RunAsync(
            "[pscustomobject]@{ Domain = 'e.example.org'; Issuer = 'self-signed'; Duration = '48h' } | New-ConvoxCertificate");
        var repeated = await RunAsync("Get-ConvoxCertificate -Domain c.example.org | New-ConvoxCertificate -Force");

        Assert.Equal(["a.example.org", "b.example.org"], Certificates(each).Select(c => Assert.Single(c.Domains)).Order());
        Assert.Equal(["c.example.org", "d.example.org"], Certificate(both).Domains);
        Assert.InRange(Certificate(byName).Expires!.Value - DateTimeOffset.UtcNow, TimeSpan.FromHours(47), TimeSpan.FromHours(48));
        Assert.Equal((Certificate(both).Id, 2), (Certificate(repeated).Id, Certificate(repeated).Version));
    }

    [Theory]
    [InlineData("2d", 48)]
    [InlineData("48h", 48)]
    [InlineData("'48h'", 48)]
    [InlineData("2.00:00:00", 48)]
    [InlineData("172800s", 48)]
    [InlineData("([timespan]::FromDays(2))", 48)]
    public async Task A_duration_keeps_the_typed_unit_even_if_PowerShell_parses_a_number(string typed, int hours)
    {
        var created = Certificate(await RunAsync($"New-ConvoxCertificate a.example.org -Issuer self-signed -Duration {typed}"));

        Assert.InRange(created.Expires!.Value - DateTimeOffset.UtcNow, TimeSpan.FromHours(hours - 1), TimeSpan.FromHours(hours));
    }

    [Fact]
    public async Task A_duration_without_a_unit_is_rejected()
    {
        var run = await RunAsync("New-ConvoxCertificate a.example.org -Issuer self-signed -Duration 90");

        Assert.Contains("has no unit", (run.TerminatingError ?? Assert.Single(run.Errors)).Exception.Message, StringComparison.Ordinal);
        Assert.Empty(run.Objects);
    }

    [Fact]
    public async Task A_failed_input_does_not_stop_the_next()
    {
        var run = await RunAsync("'a.example.org', 'b..example.org', 'c.example.org' | New-ConvoxCertificate -Issuer self-signed");

        Assert.Equal(["a.example.org", "c.example.org"], Certificates(run).Select(c => c.Domain).Order());
        Assert.Equal("b..example.org", Assert.Single(run.Errors).TargetObject);
    }

    [Fact]
    public async Task ErrorActionPreference_Stop_throws_and_try_catches()
    {
        var run = await RunAsync(
            "try { New-ConvoxCertificate 'a..b' -ErrorAction Stop } catch { $_.FullyQualifiedErrorId; $_.CategoryInfo.Category }");

        Assert.Equal(
            ["ConvoxSsl.InvalidDomain,ConvoxSsl.Commands.NewConvoxCertificateCommand", ErrorCategory.InvalidArgument],
            run.Objects.Select(o => o.BaseObject));
    }

    [Fact]
    public async Task WhatIf_changes_nothing()
    {
        var run = await RunAsync("New-ConvoxCertificate a.example.org -Issuer self-signed -WhatIf");
        Assert.Empty(run.Objects);
        Assert.False(Directory.Exists(_powerShell.RackPath));

        await RunAsync("New-ConvoxCertificate a.example.org -Issuer self-signed");
        var before = await SnapshotAsync();
        await RunAsync("Get-ConvoxCertificate | Update-ConvoxCertificate -Force -WhatIf");
        await RunAsync("Get-ConvoxCertificate | Restore-ConvoxCertificate -WhatIf");
        await RunAsync("Get-ConvoxCertificate | Revoke-ConvoxCertificate -WhatIf");
        await RunAsync("Get-ConvoxCertificate | Export-ConvoxCertificate -Path $folder/pem -WhatIf");
        await RunAsync("Get-ConvoxCertificate | Remove-ConvoxCertificate -WhatIf");
        Assert.Equal(before, await SnapshotAsync());
        Assert.False(Directory.Exists(_powerShell["pem"]));
    }

    [Fact]
    public async Task Get_filters_by_ID_name_origin_expiry_and_status()
    {
        await RunAsync("'a.example.org', 'b.example.org' | New-ConvoxCertificate -Issuer self-signed");
        await RunAsync("New-ConvoxCertificate c.example.net -Issuer self-signed -Duration 24h");
        var id = Certificate(await RunAsync("Get-ConvoxCertificate -Domain b.example.org")).Id;

        Assert.Equal(3, (await RunAsync("Get-ConvoxCertificate")).Objects.Count);
        Assert.Equal("b.example.org", Certificate(await RunAsync($"Get-ConvoxCertificate {id}")).Domain);
        Assert.Equal("b.example.org", Certificate(await RunAsync($"'{id}' | Get-ConvoxCertificate")).Domain);
        Assert.Equal(3, (await RunAsync("Get-ConvoxCertificate cert-*")).Objects.Count);
        Assert.Equal(2, (await RunAsync("Get-ConvoxCertificate -Domain *.example.org")).Objects.Count);
        Assert.Equal("c.example.net", Certificate(await RunAsync("Get-ConvoxCertificate -ExpiringWithin 30.00:00:00")).Domain);
        Assert.Equal(3, (await RunAsync("Get-ConvoxCertificate -ExpiringWithin ([timespan]::MaxValue)")).Objects.Count);
        Assert.Empty((await RunAsync("Get-ConvoxCertificate -Generated")).Objects);
        Assert.Equal(3, (await RunAsync("Get-ConvoxCertificate -Generated:$false")).Objects.Count);
        Assert.Equal(3, (await RunAsync("Get-ConvoxCertificate -Status Ready, Revoked")).Objects.Count);
        Assert.Empty((await RunAsync("Get-ConvoxCertificate -Status Expired")).Objects);
    }

    [Theory]
    [InlineData("bücher.example.org")]
    [InlineData("BÜCHER.example.org.")]
    [InlineData("xn--bcher-kva.example.org")]
    [InlineData("bu\u0308cher.example.org")]
    [InlineData("bü*.example.org")]
    [InlineData("*ücher*")]
    public async Task Get_finds_an_internationalized_name_in_every_form(string domain)
    {
        await RunAsync("'bücher.example.org', 'a.example.org' | New-ConvoxCertificate -Issuer self-signed");

        Assert.Equal("xn--bcher-kva.example.org", Certificate(await RunAsync($"Get-ConvoxCertificate -Domain '{domain}'")).Domain);
    }

    [Fact]
    public async Task Get_reports_each_missing_ID_and_returns_the_others()
    {
        var id = Certificate(await RunAsync("New-ConvoxCertificate a.example.org -Issuer self-signed")).Id;
        var run = await RunAsync($"Get-ConvoxCertificate cert-one, {id}, cert-two");

        Assert.Equal(id, Certificate(run).Id);
        Assert.Equal(["cert-one", "cert-two"], run.Errors.Select(e => e.TargetObject));
        Assert.All(run.Errors, e => Assert.Equal(ErrorCategory.ObjectNotFound, e.CategoryInfo.Category));
    }

    [Fact]
    public async Task A_corrupt_certificate_is_a_warning_and_can_be_removed()
    {
        var certificates = Certificates(await RunAsync("'a.example.org', 'b.example.org' | New-ConvoxCertificate -Issuer self-signed"));
        await File.WriteAllTextAsync(_powerShell[$"rack/certificates/{certificates[0].Id}/certificate.json"], "{");

        var run = await RunAsync("Get-ConvoxCertificate");
        Assert.Equal(certificates[1].Id, Certificate(run).Id);
        Assert.Contains(certificates[0].Id, Assert.Single(run.Warnings), StringComparison.Ordinal);

        Assert.Empty((await RunAsync($"Remove-ConvoxCertificate {certificates[0].Id} -Confirm:$false")).Errors);
        Assert.Empty((await RunAsync("Get-ConvoxCertificate")).Warnings);
    }

    [Fact]
    public async Task Update_renews_only_due_certificates_and_reports_each()
    {
        await RunAsync("New-ConvoxCertificate long.example.org -Issuer self-signed");
        await RunAsync("New-ConvoxCertificate short.example.org -Issuer self-signed -Duration 24h -ReuseKey");
        var renewals = Renewals(await RunAsync("Update-ConvoxCertificate"));
        Assert.All(renewals, r => Assert.Equal(ConvoxRenewalResult.NotDue, r.Result));
        Assert.Equal(2, renewals.Count);

        var key = await File.ReadAllTextAsync(
            Certificate(await RunAsync("Get-ConvoxCertificate -Domain short.example.org")).Path + "/privkey.pem");
        var renewal =
            Assert.Single(Renewals(await RunAsync("Get-ConvoxCertificate -Domain short.example.org | Update-ConvoxCertificate -Force")));
        Assert.Equal((ConvoxRenewalResult.Renewed, 2), (renewal.Result, renewal.Certificate!.Version));
        Assert.Equal(key, await File.ReadAllTextAsync(renewal.Certificate.Path + "/privkey.pem"));
        Assert.InRange(renewal.Expires!.Value - DateTimeOffset.UtcNow, TimeSpan.FromHours(23), TimeSpan.FromHours(24));
    }

    [Fact]
    public async Task Restore_switches_between_versions_and_reports_a_missing_one()
    {
        var id = Certificate(await RunAsync("New-ConvoxCertificate a.example.org -Issuer self-signed")).Id;
        var nothing = Assert.Single((await RunAsync($"Restore-ConvoxCertificate {id}")).Errors);
        Assert.StartsWith("ConvoxSsl.NoOlderVersion,", nothing.FullyQualifiedErrorId, StringComparison.Ordinal);

        await RunAsync("Update-ConvoxCertificate -Force");
        Assert.Equal(1, Certificate(await RunAsync($"Restore-ConvoxCertificate {id}")).Version);
        Assert.Equal(2, Certificate(await RunAsync($"Restore-ConvoxCertificate {id} -Version 2")).Version);
        Assert.Equal([1, 2], Certificate(await RunAsync($"Get-ConvoxCertificate {id}")).Versions);
    }

    [Fact]
    public async Task PEM_files_are_exported_and_imported_again()
    {
        var created = Certificate(await RunAsync("New-ConvoxCertificate a.example.org -Issuer self-signed"));
        var files = (await RunAsync("Get-ConvoxCertificate | Export-ConvoxCertificate -Path $folder/pem")).Of<ConvoxFile>();
        Assert.Equal(["cert.pem", "chain.pem", "fullchain.pem", "privkey.pem"], files.Select(file => file.Name).Order());
        Assert.All(files, file =>
        {
            FileInfo found = file;
            Assert.Equal(
                (found.FullName, found.DirectoryName, found.Length, (DateTimeOffset)found.LastWriteTime,
                    file.Name == "privkey.pem" ? "-rw-------" : "-rw-r--r--"),
                (file.FullName, file.DirectoryName, file.Length, file.LastWriteTime, file.Mode));
        });
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_powerShell["pem/privkey.pem"]));

        var secondError = Assert.Single((await RunAsync("Get-ConvoxCertificate | Export-ConvoxCertificate -Path $folder/pem")).Errors);
        Assert.StartsWith("ConvoxSsl.FileExists,", secondError.FullyQualifiedErrorId, StringComparison.Ordinal);

        var imported = Certificate(await RunAsync("Import-ConvoxCertificate $folder/pem/cert.pem $folder/pem/privkey.pem"));
        Assert.Equal(("imported", created.SerialNumber, 1), (imported.Issuer, imported.SerialNumber, imported.Version));
        Assert.NotEqual(created.Id, imported.Id);
        Assert.Equal(
            2, Certificate(await RunAsync(
                $"Import-ConvoxCertificate $folder/pem/cert.pem $folder/pem/privkey.pem -Id {imported.Id}")).Version);

        var error = Assert.Single((await RunAsync($"Update-ConvoxCertificate {imported.Id} -Force")).Errors);
        Assert.StartsWith("ConvoxSsl.CertificateNotRenewable,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_PFX_file_is_exported_readable_by_others_and_imported_again()
    {
        _powerShell.Set("password", Secret("correct horse"));
        var created = Certificate(await RunAsync("New-ConvoxCertificate a.example.org -Issuer self-signed -KeyAlgorithm Rsa2048"));
        await RunAsync("Get-ConvoxCertificate | Export-ConvoxCertificate -Path $folder/a.pfx -Password $password");

        using var opened = X509CertificateLoader.LoadPkcs12FromFile(_powerShell["a.pfx"], "correct horse");
        Assert.Equal(created.SerialNumber, opened.SerialNumber);
        Assert.True(opened.HasPrivateKey);
        Assert.Equal(
            created.SerialNumber, Certificate(await RunAsync("Import-ConvoxCertificate $folder/a.pfx -Password $password")).SerialNumber);
    }

    [Fact]
    public async Task An_expired_certificate_is_imported_with_a_warning()
    {
        WriteExpired(_powerShell["expired.pem"]);
        var run = await RunAsync("Import-ConvoxCertificate $folder/expired.pem");

        Assert.Equal(ConvoxCertificateStatus.Expired, Certificate(run).Status);
        Assert.Contains("expired on", Assert.Single(run.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_existing_key_is_used()
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP384);
        await File.WriteAllTextAsync(_powerShell["own.pem"], key.ExportECPrivateKeyPem());
        var certificate = Certificate(await RunAsync("New-ConvoxCertificate a.example.org -Issuer self-signed -KeyPath $folder/own.pem"));

        Assert.Equal("EcdsaP384", certificate.KeyAlgorithm);
        using var x509 = certificate.ReadCertificate()!;
        Assert.Equal(key.ExportSubjectPublicKeyInfo(), x509.PublicKey.ExportSubjectPublicKeyInfo());
    }

    [Fact]
    public async Task The_connected_rack_is_used_until_it_is_disconnected()
    {
        await RunAsync("Connect-ConvoxRack $folder/other; New-ConvoxCertificate a.example.org -Issuer self-signed");
        Assert.Equal(_powerShell["other"], (await RunAsync("(Get-ConvoxRack).Location")).Objects[0].BaseObject);
        Assert.Single((await RunAsync("Get-ConvoxCertificate")).Objects);
        Assert.Empty((await RunAsync("Get-ConvoxCertificate -Rack $Rack")).Objects);

        await RunAsync("Disconnect-ConvoxRack");
        Assert.NotEqual(_powerShell["other"], (await RunAsync("(Get-ConvoxRack).Location")).Objects[0].BaseObject);
    }

    private static void WriteExpired(string file)
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=old.example.org", key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        using var expired = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-30), DateTimeOffset.UtcNow.AddDays(-1));
        File.WriteAllText(file, $"{expired.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
    }

    private Task<PowerShellResult> RunAsync(string script) => _powerShell.RunAsync(script, CancellationToken.None);

    private static SecureString Secret(string text) => new NetworkCredential(string.Empty, text).SecurePassword;

    private async Task<string> SnapshotAsync()
    {
        var files = Directory.EnumerateFiles(_powerShell.RackPath, "*", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/locks/", StringComparison.Ordinal))
            .Order();
        return string.Join('\n', await Task.WhenAll(files.Select(async f => f + "\n" + await File.ReadAllTextAsync(f))));
    }

    private static IReadOnlyList<ConvoxCertificate> Certificates(PowerShellResult run) =>
        [.. run.Objects.Select(o => Assert.IsType<ConvoxCertificate>(o.BaseObject))];

    private static ConvoxCertificate Certificate(PowerShellResult run) =>
        Assert.IsType<ConvoxCertificate>(Assert.Single(run.Objects).BaseObject);

    private static IReadOnlyList<ConvoxRenewal> Renewals(PowerShellResult run) =>
        [.. run.Objects.Select(o => Assert.IsType<ConvoxRenewal>(o.BaseObject))];
}
