using System.Management.Automation;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests renewals in runbooks: results, hook scripts and dry runs.</summary>
public sealed class RenewalTests
{
    private const string Explanation = "https://ca.example.org/incident";

    [Fact]
    public async Task A_renewal_suggested_by_the_CA_runs_with_its_explanation()
    {
        var now = DateTimeOffset.UtcNow;
        var first = string.Empty;
        await using var session = await ScriptedCaSession.StartAsync(new AcmeTestServerOptions
        {
            RenewalExplanation = Explanation,
            RenewalWindow = c =>
                c.SerialNumber == first ? (c.NotBefore.ToUniversalTime(), now.AddSeconds(-1)) : (now.AddDays(40), now.AddDays(41)),
        });
        first = Assert.Single((await session.RunAsync($"New-ConvoxCertificate one.example.org {ScriptedCaSession.Issuing}"))
            .Succeeded()
            .Of<ConvoxCertificate>()).SerialNumber!;

        Assert.Equal(
            ConvoxRenewalResult.Renewed,
            Assert.Single((await session.RunAsync("Update-ConvoxCertificate")).Succeeded().Of<ConvoxRenewal>()).Result);
        var second = Assert.Single((await session.RunAsync("Update-ConvoxCertificate")).Succeeded().Of<ConvoxRenewal>());
        Assert.Equal(ConvoxRenewalResult.NotDue, second.Result);
        Assert.Contains(Explanation, second.Reason, StringComparison.Ordinal);
        Assert.InRange(second.RenewAfter!.Value, now.AddDays(40).AddSeconds(-1), now.AddDays(41));
        Assert.Contains(
            Explanation,
            Assert.Single((await session.RunAsync("Get-ConvoxCertificate")).Of<ConvoxCertificate>()).StatusReason,
            StringComparison.Ordinal);
        Assert.NotNull(session.Ca.Orders[1].Replaces);
    }

    [Fact]
    public async Task WhatIf_places_no_order_and_sends_only_requests_for_renewal_information()
    {
        await using var session = await ScriptedCaSession.StartAsync();
        await session.RunAsync($"New-ConvoxCertificate one.example.org {ScriptedCaSession.Issuing}");
        var requests = session.Ca.Requests.Count;
        (await session.RunAsync("Update-ConvoxCertificate -Force -WhatIf; Update-ConvoxCertificate -DryRun -WhatIf")).Succeeded();
        Assert.Equal(requests, session.Ca.Requests.Count);

        (await session.RunAsync("Update-ConvoxCertificate -WhatIf; $WhatIfPreference = $true; Update-ConvoxCertificate")).Succeeded();

        Assert.Equal(2, session.Ca.Count(AcmeResource.RenewalInfo));
        Assert.Single(session.Ca.Orders);
    }

    [Fact]
    public async Task WhatIf_decides_like_the_renewal_and_stores_nothing()
    {
        var now = DateTimeOffset.UtcNow;
        var isEarly = false;
        await using var session = await ScriptedCaSession.StartAsync(new AcmeTestServerOptions
        {
            RenewalWindow = c => isEarly ? (c.NotBefore.ToUniversalTime(), now.AddSeconds(-1)) : (now.AddDays(40), now.AddDays(41)),
        });
        await session.RunAsync($"New-ConvoxCertificate one.example.org {ScriptedCaSession.Issuing}");
        var before = Assert.Single((await session.RunAsync("Get-ConvoxCertificate")).Of<ConvoxCertificate>());

        var later = Assert.Single((await session.RunAsync("Update-ConvoxCertificate -WhatIf")).Succeeded().Of<ConvoxRenewal>());
        isEarly = true;
        Assert.Empty((await session.RunAsync("Update-ConvoxCertificate -WhatIf")).Succeeded().Objects);

        Assert.Equal(ConvoxRenewalResult.NotDue, later.Result);
        Assert.InRange(later.RenewAfter!.Value, now.AddDays(40).AddSeconds(-1), now.AddDays(41));
        Assert.Contains("\"Renew the certificate\"", session.PowerShell.Host.Text, StringComparison.Ordinal);
        Assert.Equal(
            before.RenewAfter, Assert.Single((await session.RunAsync("Get-ConvoxCertificate")).Of<ConvoxCertificate>()).RenewAfter);
        Assert.Equal(
            ConvoxRenewalResult.Renewed,
            Assert.Single((await session.RunAsync("Update-ConvoxCertificate")).Succeeded().Of<ConvoxRenewal>()).Result);
    }

    [Theory]
    [InlineData("-Issuer letsencrypt", "keeps the issuer https://")]
    [InlineData("-KeyAlgorithm Rsa2048", "keeps its settings until then; -Force")]
    [InlineData("-Issuer $directory -KeyAlgorithm EcdsaP256", null)]
    public async Task A_change_of_a_certificate_that_is_not_due_is_reported_as_not_applied(string change, string? expected)
    {
        await using var session = await ScriptedCaSession.StartAsync();
        await session.RunAsync($"New-ConvoxCertificate one.example.org {ScriptedCaSession.Issuing}");

        var renewal = Assert.Single((await session.RunAsync($"Update-ConvoxCertificate {change}")).Succeeded().Of<ConvoxRenewal>());

        Assert.Equal(ConvoxRenewalResult.NotDue, renewal.Result);
        Assert.Equal(expected is not null, renewal.Reason.Contains("-Force", StringComparison.Ordinal));
        Assert.Contains(expected ?? "Due ", renewal.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_renewal_waits_for_its_next_attempt_unless_forced()
    {
        await using var session = await ScriptedCaSession.StartAsync();
        session.Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).FailValidation("dns", "no such name"));
        await session.RunAsync($"New-ConvoxCertificate one.example.org {ScriptedCaSession.Issuing}");

        var waiting = Assert.Single((await session.RunAsync("Update-ConvoxCertificate")).Succeeded().Of<ConvoxRenewal>());
        Assert.Equal(ConvoxRenewalResult.Waiting, waiting.Result);
        Assert.Contains("no such name", waiting.Reason, StringComparison.Ordinal);
        Assert.Contains("check its DNS records", waiting.Reason, StringComparison.Ordinal);
        Assert.InRange(waiting.WaitsUntil!.Value, DateTimeOffset.UtcNow.AddSeconds(1), DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Single(session.Ca.Orders);
        var secondError =
            Assert.Single((await session.RunAsync($"New-ConvoxCertificate one.example.org {ScriptedCaSession.Issuing}")).Errors);
        Assert.StartsWith("ConvoxSsl.RetryLater,", secondError.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.ResourceUnavailable, secondError.CategoryInfo.Category);

        Assert.Equal(
            ConvoxRenewalResult.Renewed,
            Assert.Single((await session.RunAsync("Update-ConvoxCertificate -Force")).Succeeded().Of<ConvoxRenewal>()).Result);
        Assert.Equal(
            ConvoxCertificateStatus.Ready, Assert.Single((await session.RunAsync("Get-ConvoxCertificate")).Of<ConvoxCertificate>()).Status);
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_used_yet_does_not_replace_the_live_one()
    {
        await using var session = await ScriptedCaSession.StartAsync();
        (await session.RunAsync($"New-ConvoxCertificate one.example.org {ScriptedCaSession.Issuing}")).Succeeded();
        session.Ca.Faults.Add(
            AcmeFault.On(AcmeResource.Finalize).Issue(c => c with { NotBefore = DateTimeOffset.UtcNow.AddDays(30) }));
        var error = Assert.Single((await session.RunAsync("Update-ConvoxCertificate -Force")).Errors);

        Assert.StartsWith("ConvoxSsl.AcmeProblem.certificateMismatch,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        var live = Assert.Single((await session.RunAsync("Get-ConvoxCertificate")).Of<ConvoxCertificate>());
        Assert.Equal((1, ConvoxCertificateStatus.Ready), (live.Version, live.Status));
    }

    [Fact]
    public async Task A_certificate_is_pending_until_it_is_valid()
    {
        await using var session = await ScriptedCaSession.StartAsync();
        session.Ca.Faults.Add(
            AcmeFault.On(AcmeResource.Finalize).Issue(c => c with { NotBefore = DateTimeOffset.UtcNow.AddMinutes(4) }));
        var created = Assert.Single((await session.RunAsync($"New-ConvoxCertificate one.example.org {ScriptedCaSession.Issuing}"))
            .Succeeded()
            .Of<ConvoxCertificate>());

        Assert.Equal(ConvoxCertificateStatus.Pending, created.Status);
        Assert.Equal($"It is valid only from {created.NotBefore:u}.", created.StatusReason);
    }

    [Fact]
    public async Task Hook_scripts_get_the_result_and_can_use_the_module()
    {
        await using var session = await ScriptedCaSession.StartAsync();
        const string hooks =
            "-OnRenewed { $script:renewed += \"$($_.Id) $($args[0].Result) $((Get-ConvoxCertificate $_.Id).Version);\" } -OnFailed { "
                + "$script:failed += \"$($_.Domain): $($_.Reason)\" }";
        var created = Assert.Single((await session.RunAsync($"New-ConvoxCertificate one.example.org {ScriptedCaSession.Issuing} {hooks}"))
            .Succeeded()
            .Of<ConvoxCertificate>());
        (await session.RunAsync($"Update-ConvoxCertificate -Force {hooks}")).Succeeded();
        session.Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Problem(403, "rejectedIdentifier", "policy"));
        await session.RunAsync($"Update-ConvoxCertificate -Force {hooks}");

        Assert.Equal($"{created.Id} Renewed 1;{created.Id} Renewed 2;", (await session.RunAsync("$script:renewed")).Of<string>().Single());
        Assert.StartsWith(
            "one.example.org: The request to the CA at",
            (await session.RunAsync("$script:failed")).Of<string>().Single(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("throw 'mailbox full'", "mailbox full")]
    [InlineData("break", "")]
    [InlineData("Write-Error 'x' -ErrorAction Stop", "")]
    public async Task A_failing_hook_script_is_a_warning_without_effect(string script, string expected)
    {
        await using var session = await ScriptedCaSession.StartAsync();
        var run =
            await session.RunAsync($"New-ConvoxCertificate one.example.org {ScriptedCaSession.Issuing} -OnRenewed {{ {script} }}; 'after'");

        Assert.Contains(
            expected, Assert.Single(run.Warnings, w => w.Contains("-OnRenewed", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal("after", run.Of<string>().Single());
        Assert.Equal(ConvoxCertificateStatus.Ready, Assert.Single(run.Of<ConvoxCertificate>()).Status);
    }

    [Fact]
    public async Task A_dry_run_reports_success_and_stores_nothing()
    {
        await using var session = await ScriptedCaSession.StartAsync();
        var passed = Assert.Single((await session.RunAsync($"New-ConvoxCertificate one.example.org {ScriptedCaSession.Issuing} -DryRun"))
            .Succeeded()
            .Of<ConvoxCheck>());
        Assert.True(passed.Passed);
        Assert.Empty((await session.RunAsync("Get-ConvoxCertificate")).Objects);

        await session.RunAsync($"New-ConvoxCertificate one.example.org {ScriptedCaSession.Issuing}");
        Assert.True(Assert.Single((await session.RunAsync("Update-ConvoxCertificate -DryRun")).Succeeded().Of<ConvoxCheck>()).Passed);
        Assert.Equal([1], Assert.Single((await session.RunAsync("Get-ConvoxCertificate")).Of<ConvoxCertificate>()).Versions);
    }

    [Fact]
    public async Task A_dry_run_requires_a_CA_with_a_staging_endpoint()
    {
        await using var session = await ScriptedCaSession.StartAsync();
        foreach (var issuer in new[] { "zerossl", "self-signed" })
        {
            var error = Assert.Single(
                (await session.RunAsync($"New-ConvoxCertificate one.example.org -Issuer {issuer} -DryRun -AcceptTermsOfService")).Errors);
            Assert.StartsWith("ConvoxSsl.NoStaging,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_renewal_can_change_the_issuer()
    {
        await using var session = await ScriptedCaSession.StartAsync();
        await using var other =
            await AcmeTestServer.StartAsync(new AcmeTestServerOptions { AcceptsAllChallenges = true }, CancellationToken.None);
        await session.RunAsync($"New-ConvoxCertificate one.example.org {ScriptedCaSession.Issuing}");
        session.PowerShell.Set("other", other.DirectoryUrl.AbsoluteUri);
        session.PowerShell.Set("otherRoot", other.RootFile);
        (await session.RunAsync(
            "Update-ConvoxCertificate -Force -Issuer $other -CaCertificate $otherRoot -AcceptTermsOfService")).Succeeded();

        var now = Assert.Single((await session.RunAsync("Get-ConvoxCertificate")).Of<ConvoxCertificate>());
        Assert.Equal((other.DirectoryUrl.AbsoluteUri, 2), (now.Issuer, now.Version));
        Assert.Null(Assert.Single(other.Orders).Replaces);
        var wrong = Assert.Single((await session.RunAsync("Update-ConvoxCertificate -Issuer self-signed")).Errors);
        Assert.StartsWith("ConvoxSsl.IssuerNeeded,", wrong.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wait_resumes_an_interrupted_order()
    {
        await using var session = await ScriptedCaSession.StartAsync(new AcmeTestServerOptions { Challenges = _ => ["email-01"] });
        await session.RunAsync($"New-ConvoxCertificate one.example.org {ScriptedCaSession.Issuing}");
        var error = Assert.Single((await session.RunAsync("Get-ConvoxCertificate | Wait-ConvoxCertificate -Timeout 1s")).Errors);
        Assert.StartsWith("ConvoxSsl.OrderTimedOut,", error.FullyQualifiedErrorId, StringComparison.Ordinal);

        session.Ca.MakeValid("one.example.org");
        var ready =
            Assert.Single((await session.RunAsync("Get-ConvoxCertificate | Wait-ConvoxCertificate")).Succeeded().Of<ConvoxCertificate>());
        Assert.Equal(ConvoxCertificateStatus.Ready, ready.Status);
        Assert.Single(session.Ca.Orders);
        Assert.Equal(
            ready.SerialNumber,
            Assert.Single((await session.RunAsync($"Wait-ConvoxCertificate {ready.Id}")).Succeeded().Of<ConvoxCertificate>()).SerialNumber);
    }

    [Theory]
    [InlineData("Wait-ConvoxCertificate cert-none", "CertificateNotFound")]
    [InlineData("Wait-ConvoxCertificate cert-0123456789abcdef0123456789abcdef -Timeout 0s", "InvalidTimeout")]
    public async Task Wait_without_a_pending_order_is_an_error(string script, string id)
    {
        await using var session = await ScriptedCaSession.StartAsync();
        var error = Assert.Single((await session.RunAsync(script)).Errors);
        Assert.Contains(id is "CertificateNotFound" ? "Certificate" : id, error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Profiles_of_the_directory_are_completed_without_a_request()
    {
        await using var session = await ScriptedCaSession.StartAsync(new AcmeTestServerOptions
        {
            Profiles = new Dictionary<string, string> { ["shortlived"] = "six days", ["standard"] = "ninety days" },
        });
        var error = Assert.Single(
            (await session.RunAsync($"New-ConvoxCertificate one.example.org {ScriptedCaSession.Issuing} -Profile none")).Errors);
        Assert.StartsWith("ConvoxSsl.UnknownProfile,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("shortlived, standard", error.Exception.Message, StringComparison.Ordinal);

        var requests = session.Ca.Requests.Count;
        session.PowerShell.Set("typed", $"New-ConvoxCertificate one.example.org -Issuer {session.Ca.DirectoryUrl} -Profile s");
        var offered = (await session.RunAsync("(TabExpansion2 $typed $typed.Length).CompletionMatches")).Succeeded().Of<CompletionResult>();
        Assert.Equal([("shortlived", "six days"), ("standard", "ninety days")], offered.Select(o => (o.CompletionText, o.ToolTip)));
        Assert.Equal(requests, session.Ca.Requests.Count);
    }

    [Theory]
    [InlineData("192.0.2.1", "AddressNotTaken", "-Profile shortlived")]
    [InlineData("(1..26 | ForEach-Object { \"$_.example.org\" }) -Profile shortlived", "TooManyNames", "25")]
    public async Task Published_profile_rules_are_checked_before_any_request(string arguments, string id, string expected)
    {
        await using var session = await ScriptedCaSession.StartAsync();
        var error =
            Assert.Single((await session.RunAsync($"New-ConvoxCertificate {arguments} -Issuer letsencrypt -AcceptTermsOfService")).Errors);
        Assert.StartsWith($"ConvoxSsl.{id},", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(expected, error.Exception.Message, StringComparison.Ordinal);
    }
}
