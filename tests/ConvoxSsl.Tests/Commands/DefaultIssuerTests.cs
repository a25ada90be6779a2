using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Acme;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests the issuer of certificates for which none is named.</summary>
public sealed class DefaultIssuerTests : IAsyncLifetime
{
    private ScriptedCaSession _session = null!;

    public async Task InitializeAsync() => _session = await ScriptedCaSession.StartAsync();

    public Task DisposeAsync() => _session.DisposeAsync().AsTask();

    [Fact]
    public async Task A_certificate_for_the_same_names_keeps_its_issuer()
    {
        var issued = await NewAsync($"www.example.org, example.org {ScriptedCaSession.Issuing}");

        var again = await NewAsync("example.org, www.example.org");
        var others = await NewAsync("www.example.org -WarningAction SilentlyContinue");

        Assert.Equal((issued.Id, issued.Version), (again.Id, again.Version));
        Assert.Equal("self-signed", others.Issuer);
    }

    [Fact]
    public async Task The_default_issuer_of_the_rack_is_used_for_new_names_and_removed_with_an_empty_text()
    {
        await NewAsync("first.example.org -Issuer self-signed");
        var rack = Assert.Single((await RunAsync("Set-ConvoxRack -DefaultIssuer $directory -PassThru")).Succeeded().Of<ConvoxRack>());
        var run = (await RunAsync($"New-ConvoxCertificate www.example.org {WithoutIssuer} -Verbose")).Succeeded();

        Assert.Equal(rack.DefaultIssuer, Assert.Single(run.Of<ConvoxCertificate>()).Issuer);
        Assert.Contains(run.Verbose, line => line.Contains("the default of rack", StringComparison.Ordinal));
        Assert.Empty(run.Warnings);
        var kept = (await RunAsync("New-ConvoxCertificate first.example.org")).Succeeded();
        Assert.Equal("self-signed", Assert.Single(kept.Of<ConvoxCertificate>()).Issuer);
        Assert.EndsWith($"add -Issuer {rack.DefaultIssuer}.", Assert.Single(kept.Warnings), StringComparison.Ordinal);

        await RunAsync("Set-ConvoxRack -DefaultIssuer ''");
        Assert.Null(Assert.Single((await RunAsync("Get-ConvoxRack")).Succeeded().Of<ConvoxRack>()).DefaultIssuer);
        Assert.Contains("Set-ConvoxRack", Assert.Single((await RunAsync("New-ConvoxCertificate new.example.org")).Warnings),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_warning_precedes_a_self_signed_certificate_next_to_one_from_a_CA()
    {
        var issued = await NewAsync($"www.example.org {ScriptedCaSession.Issuing}");

        var preview = await RunAsync("New-ConvoxCertificate www.example.org -Issuer self-signed -WhatIf");
        var made = await RunAsync("New-ConvoxCertificate www.example.org -Issuer self-signed");
        var again = await RunAsync("New-ConvoxCertificate www.example.org -Issuer self-signed");

        Assert.Contains(issued.Id, Assert.Single(preview.Warnings), StringComparison.Ordinal);
        Assert.Contains(issued.Id, Assert.Single(made.Warnings), StringComparison.Ordinal);
        Assert.Empty(again.Warnings);
    }

    [Fact]
    public async Task The_warning_says_if_the_certificate_from_the_CA_was_not_issued()
    {
        _session.Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).Always().FailValidation("dns"));
        await RunAsync($"New-ConvoxCertificate www.example.org {ScriptedCaSession.Issuing}");
        var pending = Assert.Single((await RunAsync("Get-ConvoxCertificate")).Of<ConvoxCertificate>());

        var warning = Assert.Single((await RunAsync("New-ConvoxCertificate www.example.org -Issuer self-signed")).Succeeded().Warnings);

        Assert.Equal(
            $"A certificate from {pending.Issuer} for the same names could not be issued: {pending.Id}. The self-signed one does not "
                + "replace it.",
            warning);
    }

    [Fact]
    public async Task WhatIf_and_an_unknown_issuer_change_nothing()
    {
        await RunAsync("Set-ConvoxRack -DefaultIssuer letsencrypt -WhatIf");
        var error = Assert.Single((await RunAsync("Set-ConvoxRack -DefaultIssuer letsencript")).Errors);

        Assert.StartsWith("ConvoxSsl.UnknownIssuer,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Null(Assert.Single((await RunAsync("Get-ConvoxRack")).Succeeded().Of<ConvoxRack>()).DefaultIssuer);
    }

    [Fact]
    public async Task A_test_checks_the_issuer_that_would_be_used()
    {
        await NewAsync($"www.example.org {ScriptedCaSession.Issuing}");
        await RunAsync("Set-ConvoxRack -DefaultIssuer self-signed");

        var own = (await RunAsync("Test-ConvoxDomain new.example.org")).Succeeded().Of<ConvoxCheck>();
        var known = (await RunAsync("Test-ConvoxDomain www.example.org -DnsServer 127.0.0.1:9")).Of<ConvoxCheck>();

        Assert.Equal(["new.example.org: Issuer", "new.example.org: Certificates"], own.Select(check => check.Check));
        Assert.DoesNotContain(known, check => check.Check.EndsWith("Issuer", StringComparison.Ordinal));
        Assert.Equal(
            "No rate limits are known for this CA, and none is in effect.",
            Assert.Single(known, check => check.Check == "www.example.org: Limits").Detail);
    }

    [Fact]
    public async Task Without_accepted_terms_a_directory_that_cannot_be_read_is_in_the_error()
    {
        var unreachable = $"https://127.0.0.1:{FreePort.Next()}/dir";
        var error = Assert.Single((await RunAsync($"New-ConvoxCertificate www.example.org -Issuer {unreachable}")).Errors);

        Assert.StartsWith("ConvoxSsl.TermsOfServiceNotAccepted,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("Could not reach the CA at 127.0.0.1:", error.Exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("which its directory names", error.Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("New-ConvoxCertificate www.example.org -Issuer $directory -CaCertificate $root", "TermsOfServiceNotAccepted")]
    [InlineData("New-ConvoxAcmeAccount $directory -CaCertificate $root", "TermsOfServiceNotAccepted")]
    [InlineData("New-ConvoxCertificate www.example.org -Issuer self-signed -NoWait", "NoWaitNotPossible")]
    [InlineData($"New-ConvoxCertificate www.example.org {ScriptedCaSession.Issuing} -NoWait", "NoWaitNotPossible")]
    public async Task WhatIf_does_not_promise_what_the_command_rejects(string command, string code)
    {
        foreach (var script in new[] { $"{command} -WhatIf", command })
        {
            var error = Assert.Single((await RunAsync(script)).Errors);
            Assert.StartsWith($"ConvoxSsl.{code},", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_list_for_an_unknown_issuer_or_a_missing_rack_is_not_silently_empty()
    {
        var issued = await NewAsync($"www.example.org {ScriptedCaSession.Issuing}");
        foreach (var (text, right) in new[] { ("letsencript", "letsencrypt"), ("SelfSigned", "self-signed") })
        {
            var error = Assert.Single((await RunAsync($"Get-ConvoxCertificate -Issuer {text}")).Errors);
            Assert.StartsWith("ConvoxSsl.UnknownIssuer,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Contains($"Did you mean '{right}'?", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        }

        foreach (var text in new[] { "letsencrypt", "self-signed", "imported", "nothing*", "acme-v02.api.letsencrypt.org" })
        {
            Assert.Empty((await RunAsync($"Get-ConvoxCertificate -Issuer {text}")).Succeeded().Objects);
        }

        var host = new Uri(issued.Issuer).Host;
        Assert.Equal(issued.Id, Assert.Single((await RunAsync($"Get-ConvoxCertificate -Issuer {host}")).Of<ConvoxCertificate>()).Id);
        Assert.Contains(
            "There is no rack at ",
            Assert.Single((await RunAsync("Get-ConvoxCertificate -Rack /does/not/exist")).Succeeded().Warnings),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Get-ConvoxCertificate", true)]
    [InlineData("Update-ConvoxCertificate", true)]
    [InlineData("Show-ConvoxExpiry", true)]
    [InlineData("Wait-ConvoxCertificate *", true)]
    [InlineData("Remove-ConvoxCertificate www.example.org", true)]
    [InlineData("Get-ConvoxDnsSolver", true)]
    [InlineData("Get-ConvoxAcmeAccount", true)]
    [InlineData("Get-ConvoxWebhook", true)]
    [InlineData("Test-ConvoxDomain www.example.org -Issuer self-signed", true)]
    [InlineData("New-ConvoxCertificate www.example.org -Issuer self-signed -WhatIf", false)]
    [InlineData("Add-ConvoxDnsSolver 1 example.org -HostedZoneId Z1 -WhatIf", false)]
    public async Task Cmdlets_that_read_a_missing_rack_warn_of_it(string command, bool isWarning)
    {
        var run = await RunAsync($"{command} -Rack /does/not/exist");

        Assert.Equal(isWarning, run.Warnings.Contains("There is no rack at '/does/not/exist'."));
    }

    [Fact]
    public async Task WhatIf_does_not_promise_an_order_that_has_to_wait()
    {
        const string Command = $"New-ConvoxCertificate www.example.org {ScriptedCaSession.Issuing}";
        _session.Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).Always().FailValidation("dns"));
        Assert.Single((await RunAsync(Command)).Errors);

        foreach (var script in new[] { $"{Command} -WhatIf", Command })
        {
            var error = Assert.Single((await RunAsync(script)).Errors);
            Assert.StartsWith("ConvoxSsl.RetryLater,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        }

        (await RunAsync($"{Command} -Force -WhatIf")).Succeeded();
    }

    [Fact]
    public async Task An_existing_account_is_used_and_parameters_that_do_not_change_it_cause_a_warning()
    {
        const string Command = "New-ConvoxAcmeAccount $directory -CaCertificate $root -AcceptTermsOfService";
        (await RunAsync($"{Command} -Contact a@example.org")).Succeeded();

        var preview = (await RunAsync($"{Command} -Contact b@example.org -WhatIf")).Succeeded();

        Assert.Contains("\"Use the existing ACME account\"", _session.PowerShell.Host.Text, StringComparison.Ordinal);
        Assert.Contains("keeps its contacts", Assert.Single(preview.Warnings), StringComparison.Ordinal);
        Assert.Empty((await RunAsync($"{Command} -Contact a@example.org")).Succeeded().Warnings);
    }

    [Theory]
    [InlineData("Update-ConvoxCertificate -NoWait", "has no cert-manager")]
    [InlineData("Update-ConvoxCertificate -NoWait -DryRun", "with -DryRun")]
    [InlineData("New-ConvoxCertificate www.example.org -Issuer self-signed -NoWait -DryRun", "with -DryRun")]
    public async Task NoWait_without_an_effect_causes_a_warning(string command, string expected)
    {
        await NewAsync($"www.example.org {ScriptedCaSession.Issuing}");

        var warning = Assert.Single((await RunAsync(command)).Warnings, text => text.StartsWith("-NoWait", StringComparison.Ordinal));

        Assert.Contains(expected, warning, StringComparison.Ordinal);
    }

    private static string WithoutIssuer => ScriptedCaSession.Issuing.Replace("-Issuer $directory", string.Empty, StringComparison.Ordinal);

    private async Task<ConvoxCertificate> NewAsync(string arguments) =>
        Assert.Single((await RunAsync($"New-ConvoxCertificate {arguments}")).Succeeded().Of<ConvoxCertificate>());

    private Task<PowerShellResult> RunAsync(string script) => _session.RunAsync(script);
}
