using System.Management.Automation;
using ConvoxSsl.TestKit.Acme;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests the ways to name certificates and DNS solvers.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class NamingTests : IDisposable
{
    private readonly HostedPowerShell _powerShell = new();

    public NamingTests() => _powerShell.Set("folder", _powerShell["files"]);

    public void Dispose() => _powerShell.Dispose();

    [Theory]
    [InlineData("Get-ConvoxCertificate {0} | ForEach-Object Id")]
    [InlineData("(Update-ConvoxCertificate {0}).Id")]
    [InlineData("(Update-ConvoxCertificate {0} -Force -WhatIf); $one.Id")]
    [InlineData("Wait-ConvoxCertificate {0} | ForEach-Object Id")]
    [InlineData("$null = Export-ConvoxCertificate {0} -Path $folder; $one.Id")]
    [InlineData("$null = Restore-ConvoxCertificate {0} -Version 1; $one.Id")]
    [InlineData("Remove-ConvoxCertificate {0} -WhatIf; $one.Id")]
    [InlineData("$null = Show-ConvoxExpiry {0}; $one.Id")]
    public async Task Every_cmdlet_takes_an_ID_its_beginning_and_a_name(string script)
    {
        await CreateAsync("one.example.org, two.example.org", "three.example.org");
        var one = Certificates(await RunAsync("Get-ConvoxCertificate -Domain one.example.org")).Single();
        _powerShell.Set("one", one);
        string[] texts =
        [
            "$one.Id", "$one.Id.Substring(0, 14)", "($one.Id.Substring(0, 20) + '…')", "one.example.org", "TWO.example.org.",
            "-Domain two.example.org", "($one.Id.Substring(0, 14) + '*')", "one.*", "-Domain 'o?e.example.org'",
        ];
        foreach (var text in texts)
        {
            if (Directory.Exists(_powerShell["files"]))
            {
                Directory.Delete(_powerShell["files"], recursive: true);
            }

            var run = (await RunAsync(script.Replace("{0}", text, StringComparison.Ordinal))).Succeeded();

            Assert.Empty(run.Warnings);
            Assert.Equal([one.Id], run.Of<string>());
        }
    }

    [Theory]
    [InlineData("Remove-ConvoxCertificate {0} -Confirm:$false")]
    [InlineData("Remove-ConvoxCertificate {0} -WhatIf")]
    [InlineData("Revoke-ConvoxCertificate {0} -Confirm:$false")]
    [InlineData("Restore-ConvoxCertificate {0}")]
    [InlineData("Export-ConvoxCertificate {0} $folder")]
    [InlineData("Import-ConvoxCertificate $site -Id {0}")]
    public async Task Several_matches_are_an_error_that_lists_them(string script)
    {
        await CreateAsync("a.example.org, shared.example.org", "b.example.org, shared.example.org");
        _powerShell.Set("site", (await RunAsync(
            "$other = New-ConvoxCertificate site.example.net -Issuer self-signed -Rack $folder/other; "
                + "[System.IO.File]::WriteAllText(\"$folder/site.pem\", [System.IO.File]::ReadAllText(\"$($other.Path)/cert.pem\") "
                + "+ [System.IO.File]::ReadAllText(\"$($other.Path)/privkey.pem\")); \"$folder/site.pem\"")).Succeeded().Objects[0]);
        foreach (var text in new[] { "shared.example.org", "cert-" })
        {
            var run = await RunAsync(script.Replace("{0}", text, StringComparison.Ordinal));

            var error = Assert.Single(run.Errors);
            Assert.StartsWith("ConvoxSsl.SeveralCertificates,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Equal(script.StartsWith("Import", StringComparison.Ordinal) ? _powerShell["files/site.pem"] : text, error.TargetObject);
            Assert.StartsWith($"'{text}' matches 2 certificates: cert-", error.Exception.Message, StringComparison.Ordinal);
            Assert.Contains("Name one by its ID.", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
            Assert.Contains(" (self-signed; a.example.org, shared.example.org)", error.Exception.Message, StringComparison.Ordinal);
        }

        Assert.Equal(2, (await RunAsync("Get-ConvoxCertificate shared.example.org")).Succeeded().Objects.Count);
    }

    [Fact]
    public async Task An_import_replaces_the_certificate_of_a_domain()
    {
        await CreateAsync("one.example.org, two.example.org");
        (await RunAsync("$null = Export-ConvoxCertificate -Domain one.example.org $folder")).Succeeded();

        var imported = Certificates(await RunAsync(
            "Import-ConvoxCertificate $folder/cert.pem $folder/privkey.pem -Domain two.example.org; "
                + "Import-ConvoxCertificate $folder/cert.pem $folder/privkey.pem -Id one.example.org"));

        Assert.Equal([2, 3], imported.Select(c => c.Version));
        Assert.Single(imported.Select(c => c.Id).Distinct());
    }

    [Fact]
    public async Task A_name_on_several_certificates_prefers_none_of_them()
    {
        await using var session = await ScriptedCaSession.StartAsync();
        var issued = (await session.RunAsync(
            $"New-ConvoxCertificate www.example.org {ScriptedCaSession.Issuing}; "
                + "New-ConvoxCertificate *.example.org -Issuer self-signed; New-ConvoxCertificate www.example.org -Issuer self-signed; "
                + "New-ConvoxCertificate api.example.org -Issuer self-signed")).Succeeded().Of<ConvoxCertificate>();
        Assert.Equal("cert-eb0dbb3418283986bfdba3fa8ace1d2a14355b9a", issued[0].Id);
        var found = (await session.RunAsync("Get-ConvoxCertificate www.example.org, *.example.org")).Succeeded().Of<ConvoxCertificate>();
        Assert.Equal(
            [.. new[] { issued[0].Id, issued[2].Id }.Order(StringComparer.Ordinal), issued[1].Id], found.Select(c => c.Id));

        string[] commands =
        [
            "Remove-ConvoxCertificate {0} -Confirm:$false", "Revoke-ConvoxCertificate -Domain {0} -Confirm:$false",
            "Restore-ConvoxCertificate {0}", "Export-ConvoxCertificate {0} -Path $webRoot/out",
        ];
        foreach (var command in commands)
        {
            var script = command.Replace("{0}", "www.example.org", StringComparison.Ordinal);
            var error = Assert.Single((await session.RunAsync(script)).Errors);
            Assert.StartsWith("ConvoxSsl.SeveralCertificates,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Contains($"{issued[0].Id} ({issued[0].Issuer}; www.example.org)", error.Exception.Message, StringComparison.Ordinal);
            Assert.Contains($"{issued[2].Id} (self-signed; www.example.org)", error.Exception.Message, StringComparison.Ordinal);
        }

        (await session.RunAsync("Remove-ConvoxCertificate *.example.org -Confirm:$false")).Succeeded();
        var updated = (await session.RunAsync("Update-ConvoxCertificate www.example.org")).Succeeded().Of<ConvoxRenewal>();
        Assert.Equal(
            [.. new[] { issued[0].Id, issued[2].Id }.Order(StringComparer.Ordinal)], updated.Select(c => c.Id));
        Assert.Equal(3, (await session.RunAsync("Get-ConvoxCertificate")).Succeeded().Objects.Count);
    }

    [Fact]
    public async Task A_wildcard_that_is_the_name_of_several_certificates_is_no_pattern()
    {
        await CreateAsync("*.example.org, a.example.org", "*.example.org, b.example.org", "c.example.org");

        var error = Assert.Single((await RunAsync("Remove-ConvoxCertificate *.example.org -Confirm:$false")).Errors);

        Assert.StartsWith("ConvoxSsl.SeveralCertificates,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(2, Certificates(await RunAsync("Get-ConvoxCertificate *.example.org")).Count);
        Assert.Equal(3, Certificates(await RunAsync("Get-ConvoxCertificate")).Count);
    }

    [Fact]
    public async Task Selected_certificates_are_sorted_by_domain_and_processed_once()
    {
        await CreateAsync("c.example.org", "a.example.org", "b.example.org");

        Assert.Equal(
            ["a.example.org", "b.example.org", "c.example.org"],
            Certificates(await RunAsync("Get-ConvoxCertificate cert-")).Select(c => c.Domain));
        Assert.Equal(
            ["b.example.org", "a.example.org", "c.example.org"],
            Certificates(await RunAsync("Get-ConvoxCertificate b.example.org, cert-*, b.example.org")).Select(c => c.Domain));
        (await RunAsync("Remove-ConvoxCertificate a.example.org, a.example.org, a* -Confirm:$false")).Succeeded();
        Assert.Equal(2, Certificates(await RunAsync("Get-ConvoxCertificate")).Count);
    }

    [Fact]
    public async Task An_import_without_a_name_of_the_replaced_certificate_is_a_warning()
    {
        await CreateAsync("one.example.org, two.example.org", "one.example.org");
        var script = "$null = Get-ConvoxCertificate -Domain one.example.org | Where-Object { $_.Domains.Count -eq 1 } | "
            + "Export-ConvoxCertificate -Path $folder; "
            + "Import-ConvoxCertificate $folder/cert.pem $folder/privkey.pem -Domain two.example.org";

        var warning = Assert.Single((await RunAsync(script)).Succeeded().Warnings);
        Assert.Contains("does not cover two.example.org, unlike", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wait_for_a_failed_certificate_names_the_command_that_tries_again()
    {
        await using var session = await ScriptedCaSession.StartAsync();
        session.Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).Always().FailValidation("dns"));
        await session.RunAsync($"New-ConvoxCertificate one.example.org {ScriptedCaSession.Issuing}");

        var error = Assert.Single((await session.RunAsync("Wait-ConvoxCertificate one.example.org")).Errors);

        Assert.StartsWith("ConvoxSsl.RetryLater,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("use Update-ConvoxCertificate cert-", error.Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Import-ConvoxCertificate $site -Id {0}", false)]
    [InlineData("Set-ConvoxServiceCertificate web {0} -Path $folder", false)]
    [InlineData("Remove-ConvoxCertificate {0} -WhatIf", true)]
    public async Task Only_commands_for_several_certificates_recommend_to_pipe_them(string script, bool isForSeveral)
    {
        await CreateAsync("a.example.org, shared.example.org", "b.example.org, shared.example.org");
        await RunAsync("$null = Get-ConvoxCertificate -Domain a.example.org | Export-ConvoxCertificate -Path $folder");
        await File.WriteAllTextAsync(_powerShell["files/convox.yml"], "services:\n  web:\n    port: 3000\n");
        _powerShell.Set("site", _powerShell["files/fullchain.pem"]);
        script = script.Replace("$site", "$site $folder/privkey.pem", StringComparison.Ordinal);

        var error = Assert.Single((await RunAsync(script.Replace("{0}", "shared.example.org", StringComparison.Ordinal))).Errors);

        Assert.StartsWith("ConvoxSsl.SeveralCertificates,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(isForSeveral, error.Exception.Message.Contains("pipe them", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Get-ConvoxCertificate www.exmaple.org", "'www.example.org' is a name on cert-")]
    [InlineData("Update-ConvoxCertificate -Domain www.exmaple.org", "'www.example.org' is a name on cert-")]
    [InlineData("Remove-ConvoxCertificate api.example.net -WhatIf", "'api.example.net' is covered by '*.example.net', which is a name on ")]
    [InlineData("Export-ConvoxCertificate www.example.com ./x", null)]
    [InlineData("Show-ConvoxExpiry -Id cert-nothing", null)]
    public async Task A_text_that_matches_nothing_is_an_error_that_says_what_fits(string script, string? hint)
    {
        await CreateAsync("www.example.org", "*.example.net");

        var error = Assert.Single((await RunAsync(script)).Errors);

        Assert.StartsWith("ConvoxSsl.CertificateNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith("Cannot find certificate '", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains(
            $"on this rack. {hint ?? "Get-ConvoxCertificate lists the certificates."}", error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(hint is null, error.Exception.Message.Contains("lists the certificates", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pattern_without_a_match_is_a_warning_for_what_changes_certificates()
    {
        await CreateAsync("www.example.org");

        Assert.Empty((await RunAsync("Get-ConvoxCertificate *.exmaple.org")).Succeeded().Warnings);
        Assert.Contains(
            "matches '*.exmaple.org'",
            Assert.Single((await RunAsync("Update-ConvoxCertificate *.exmaple.org")).Succeeded().Warnings),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Export-ConvoxCertificate {0} $folder")]
    [InlineData("Restore-ConvoxCertificate {0} -WhatIf")]
    [InlineData("Revoke-ConvoxCertificate {0} -WhatIf")]
    public async Task A_certificate_that_was_not_issued_is_found_and_the_error_says_so(string script)
    {
        await using var session = await ScriptedCaSession.StartAsync();
        session.Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).Always().FailValidation("dns"));
        await session.RunAsync($"New-ConvoxCertificate one.example.org {ScriptedCaSession.Issuing}");
        session.PowerShell.Set("folder", session.PowerShell["files"]);
        var failed = Assert.Single((await session.RunAsync("Get-ConvoxCertificate one.example.org")).Succeeded().Of<ConvoxCertificate>());
        Assert.Equal(0, failed.Version);

        foreach (var text in new[] { failed.Id, failed.Id[..12], "one.example.org" })
        {
            var error = Assert.Single((await session.RunAsync(script.Replace("{0}", text, StringComparison.Ordinal))).Errors);
            Assert.StartsWith("ConvoxSsl.CertificateNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.StartsWith($"{failed.Id} (one.example.org) has not been issued yet", error.Exception.Message, StringComparison.Ordinal);
            Assert.Contains($"run Update-ConvoxCertificate {failed.Id} -Force.", error.Exception.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Restore-ConvoxCertificate one.example.org -WhatIf", "NoOlderVersion")]
    [InlineData("Revoke-ConvoxCertificate one.example.org -WhatIf", "CertificateNotRevocable")]
    [InlineData("Export-ConvoxCertificate one.example.org $folder/there -WhatIf", "FileExists")]
    [InlineData("Export-ConvoxCertificate one.example.org $folder/there/cert.pem -WhatIf", "InvalidExportPath")]
    [InlineData("Export-ConvoxCertificate one.example.org $folder/new -Version 7 -WhatIf", "CertificateNotFound")]
    [InlineData("Update-ConvoxCertificate $imported.Id -Force -WhatIf", "CertificateNotRenewable")]
    public async Task WhatIf_reports_what_the_real_call_refuses(string script, string id)
    {
        await CreateAsync("one.example.org");
        (await RunAsync("$null = Export-ConvoxCertificate one.example.org $folder/there")).Succeeded();
        if (script.Contains("imported", StringComparison.Ordinal))
        {
            var import = "Import-ConvoxCertificate $folder/there/cert.pem $folder/there/privkey.pem";
            _powerShell.Set("imported", Certificates(await RunAsync(import)).Single());
        }

        Assert.StartsWith(
            $"ConvoxSsl.{id},", Assert.Single((await RunAsync(script)).Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" -Issuer letsencrypt")]
    public async Task A_self_signed_certificate_can_only_be_removed(string issuer)
    {
        await CreateAsync("one.example.org");

        var error = Assert.Single((await RunAsync($"Revoke-ConvoxCertificate one.example.org -Confirm:$false{issuer}")).Errors);

        Assert.StartsWith("ConvoxSsl.CertificateNotRevocable,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("remove it with Remove-ConvoxCertificate cert-", error.Exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("-Issuer", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_exported_certificates_get_a_directory_each()
    {
        await CreateAsync("www.example.org, api.example.org", "*.example.org", "con.example.org", "2001:db8::1");
        await CreateAsync("twice.example.org");
        await CreateAsync("twice.example.org, b.example.org");

        var files = (await RunAsync("Get-ConvoxCertificate | Export-ConvoxCertificate -Path $folder -Force")).Succeeded().Of<ConvoxFile>();

        var twice = Certificates(await RunAsync("Get-ConvoxCertificate twice.example.org"));
        Assert.Equal(
            [
                "2001-db8--1", "_.example.org", "_con.example.org",
                .. twice.Select(c => $"twice.example.org_{c.Id}").Order(StringComparer.Ordinal), "www.example.org",
            ],
            Directory.GetDirectories(_powerShell["files"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(6 * 4, files.Count);
        Assert.Empty(Directory.GetFiles(_powerShell["files"]));
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_exported_takes_no_directory()
    {
        await using var session = await ScriptedCaSession.StartAsync();
        await session.RunAsync(
            "New-ConvoxCertificate one.example.org -Issuer self-signed; New-ConvoxCertificate two.example.org -Issuer self-signed");
        session.Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).Always().FailValidation("dns"));
        await session.RunAsync($"New-ConvoxCertificate one.example.org {ScriptedCaSession.Issuing}");

        var run = await session.RunAsync("Get-ConvoxCertificate | Export-ConvoxCertificate -Path $webRoot/out");

        Assert.StartsWith("ConvoxSsl.CertificateNotFound,", Assert.Single(run.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(
            ["one.example.org", "two.example.org"],
            Directory.GetDirectories(Path.Combine(session.WebRoot, "out")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Several_certificates_for_one_file_are_an_error_before_anything_is_written()
    {
        await CreateAsync("a.example.org", "b.example.org");

        var error = Assert.Single((await RunAsync(
            "Get-ConvoxCertificate | Export-ConvoxCertificate -Path $folder/x.pfx -Password ([System.Net.NetworkCredential]::new('', "
                + "'secret').SecurePassword)")).Errors);

        Assert.StartsWith("ConvoxSsl.InvalidExportPath,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("2 certificates were selected: cert-", error.Exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_powerShell["files"]));
    }

    [Fact]
    public async Task Solvers_are_named_by_numbers_wildcards_and_objects()
    {
        await RunAsync("1, 2, 12 | ForEach-Object { Add-ConvoxDnsSolver $_ \"z$_.example.org\" -HostedZoneId \"Z$_\" }");

        Assert.Equal([1, 12], Numbers(await RunAsync("Get-ConvoxDnsSolver 1*")));
        Assert.Equal([2, 1], Numbers(await RunAsync("Get-ConvoxDnsSolver 2, 1")));
        Assert.Equal([12, 2], Numbers(await RunAsync("12, 2 | Get-ConvoxDnsSolver")));
        Assert.Equal([2], Numbers(await RunAsync("[pscustomobject]@{ Id = 2 } | Get-ConvoxDnsSolver")));
        Assert.Equal([2], Numbers(await RunAsync("Get-ConvoxDnsSolver 2 | Set-ConvoxDnsSolver -Region eu-west-1 -PassThru")));
        Assert.Equal([1, 12], Numbers(await RunAsync("Set-ConvoxDnsSolver 1, 12 -Region eu-west-1 -PassThru")));
        var wrong = Assert.Single((await RunAsync("Remove-ConvoxDnsSolver z2.example.org -Confirm:$false")).Errors);
        Assert.StartsWith("ConvoxSsl.DnsSolverNotFound,", wrong.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("DNS solver 2 has this zone", wrong.Exception.Message, StringComparison.Ordinal);
        (await RunAsync("Get-ConvoxDnsSolver 1 | Remove-ConvoxDnsSolver -Confirm:$false")).Succeeded();
        (await RunAsync("Remove-ConvoxDnsSolver 2, 1* -Confirm:$false")).Succeeded();
        Assert.Empty((await RunAsync("Get-ConvoxDnsSolver")).Succeeded().Objects);
    }

    [Fact]
    public async Task Completion_offers_names_beside_IDs()
    {
        await CreateAsync("www.example.org, *.example.net");
        var id = Certificates(await RunAsync("Get-ConvoxCertificate")).Single().Id;

        Assert.Equal([id, "'*.example.net'", "www.example.org"], await CompleteAsync("Update-ConvoxCertificate "));
        Assert.Equal([id], await CompleteAsync("Export-ConvoxCertificate cert-"));
        Assert.Equal(["www.example.org"], await CompleteAsync("Set-ConvoxServiceCertificate web ww"));
        Assert.Equal(["'*.example.net'", "www.example.org"], await CompleteAsync("Remove-ConvoxCertificate -Domain "));
        Assert.Equal(["1"], await CompleteAsync("Restore-ConvoxCertificate www.example.org -Version "));
    }

    [Fact]
    public async Task Completion_sorts_certificates_by_domain()
    {
        await CreateAsync("c.example.org", "a.example.org, z.example.org", "b.example.org", "b.example.org");
        var sorted = Certificates(await RunAsync("Get-ConvoxCertificate")).Select(certificate => certificate.Id);
        string[] names = ["a.example.org", "b.example.org", "c.example.org", "z.example.org"];

        Assert.Equal([.. sorted, .. names], await CompleteAsync("Get-ConvoxCertificate "));
        Assert.Equal(names, await CompleteAsync("Get-ConvoxCertificate -Domain "));
    }

    private async Task CreateAsync(params string[] names)
    {
        foreach (var name in names)
        {
            (await RunAsync($"$null = New-ConvoxCertificate {name} -Issuer self-signed")).Succeeded();
        }
    }

    private async Task<IEnumerable<string>> CompleteAsync(string typed)
    {
        _powerShell.Set("typed", typed);
        var run = (await RunAsync("(TabExpansion2 $typed $typed.Length).CompletionMatches")).Succeeded();
        return run.Of<CompletionResult>().Where(r => r.ResultType == CompletionResultType.ParameterValue).Select(r => r.CompletionText);
    }

    private static IEnumerable<int> Numbers(PowerShellResult run) => run.Succeeded().Of<ConvoxDnsSolver>().Select(solver => solver.Id);

    private static IReadOnlyList<ConvoxCertificate> Certificates(PowerShellResult run) => run.Succeeded().Of<ConvoxCertificate>();

    private Task<PowerShellResult> RunAsync(string script) => _powerShell.RunAsync(script, CancellationToken.None);
}
