using System.Management.Automation;
using ConvoxSsl.TestKit.Acme;
using ConvoxSsl.Tests.Sessions;
using Status = ConvoxSsl.ConvoxServiceCertificateStatus;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests the cmdlets for a convox.yml.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ServiceCertificateTests : IDisposable
{
    private const string Text = """
        # the app
        services:
          web:
            domain: web.example.org # public
            port: 3000
          api:
            domain: api.example.org, v1.example.org
          hook:
            domain: ${HOST}
          worker:
            build: .
        """;

    private readonly HostedPowerShell _powerShell = new();

    public ServiceCertificateTests()
    {
        _powerShell.Set("folder", _powerShell["app"]);
        Directory.CreateDirectory(_powerShell["app"]);
        File.WriteAllText(Manifest, Text);
    }

    private string Manifest => _powerShell["app/convox.yml"];

    public void Dispose() => _powerShell.Dispose();

    [Fact]
    public async Task Services_are_listed_in_order_with_the_status_of_their_certificates()
    {
        var services = Services(await RunAsync("Get-ConvoxServiceCertificate $folder"));

        Assert.Equal(
            [("web", Status.Missing), ("api", Status.Missing), ("hook", Status.Unknown), ("worker", Status.NoDomain)],
            services.Select(s => (s.Service, s.Status)));
        Assert.Equal(["api.example.org", "v1.example.org"], services[1].Domain);
        Assert.Equal(["${HOST}"], services[2].Domain);
        Assert.Contains("${HOST}", services[2].StatusReason, StringComparison.Ordinal);
        Assert.Empty(services[3].Domain);
        Assert.All(services, s => Assert.Equal((Manifest, _powerShell.RackPath), (s.Path, s.Rack)));
    }

    [Fact]
    public async Task Missing_certificates_are_issued_through_the_pipeline_and_then_found()
    {
        var created = await RunAsync(
            "Get-ConvoxServiceCertificate $folder | Where-Object Status -eq 'Missing' | New-ConvoxCertificate -Issuer self-signed");
        Assert.Equal(
            ["api.example.org v1.example.org", "web.example.org"],
            created.Succeeded().Of<ConvoxCertificate>().Select(c => string.Join(' ', c.Domains)).Order());

        var proposed =
            Services(await RunAsync("Get-ConvoxServiceCertificate $folder")).Where(s => s.ProposedCertificateId is not null).ToArray();
        Assert.Equal(["web", "api"], proposed.Select(s => s.Service));

        var set = await RunAsync(
            "Get-ConvoxServiceCertificate $folder | Where-Object ProposedCertificateId | Set-ConvoxServiceCertificate -PassThru");
        Assert.Equal([("web", Status.Ready), ("api", Status.Ready)], Services(set).Select(s => (s.Service, s.Status)));
        Assert.Empty(set.Warnings);
        Assert.Equal(proposed.Select(s => s.ProposedCertificateId), Services(set).Select(s => s.CertificateId));
    }

    [Fact]
    public async Task A_wildcard_that_covers_several_services_is_proposed_first()
    {
        await RunAsync("New-ConvoxCertificate web.example.org -Issuer self-signed");
        var wildcard = Certificate(await RunAsync("New-ConvoxCertificate *.example.org -Issuer self-signed -Duration 30d"));

        var services = Services(await RunAsync("Get-ConvoxServiceCertificate $folder"));
        Assert.Equal([wildcard.Id, wildcard.Id, null, null], services.Select(s => s.ProposedCertificateId));
        Assert.Contains(
            $"'{wildcard.Id}' (*.example.org) covers 2 services of this manifest", services[0].StatusReason, StringComparison.Ordinal);
        Assert.Equal(Status.Missing, services[0].Status);
    }

    [Fact]
    public async Task A_certificate_is_set_for_several_services_and_removed_without_a_trace()
    {
        _powerShell.Set("wildcard", Certificate(await RunAsync("New-ConvoxCertificate *.example.org -Issuer self-signed")));
        var run = await RunAsync("Set-ConvoxServiceCertificate web, api $wildcard -Path $folder");
        Assert.Empty(run.Succeeded().Objects);
        Assert.Empty(run.Warnings);

        var entry = $"    certificate:\n      id: {Certificate(await RunAsync("Get-ConvoxCertificate")).Id}\n";
        var expected = Text.Replace("public\n", "public\n" + entry, StringComparison.Ordinal)
            .Replace("v1.example.org\n", "v1.example.org\n" + entry, StringComparison.Ordinal);
        Assert.Equal(expected, await File.ReadAllTextAsync(Manifest));
        var services = Services(await RunAsync("Get-ConvoxServiceCertificate $folder/convox.yml -Service w*, api"));
        Assert.Equal([Status.Ready, Status.Ready, Status.NoDomain], services.Select(s => s.Status));
        Assert.NotNull(services[0].Expires);

        await RunAsync("Get-ConvoxServiceCertificate $folder -Service web, api | Set-ConvoxServiceCertificate -Remove");
        Assert.Equal(Text, await File.ReadAllTextAsync(Manifest));
    }

    [Theory]
    [InlineData("$wildcard | Set-ConvoxServiceCertificate web -Path $folder")]
    [InlineData("$wildcard.Id | Set-ConvoxServiceCertificate web -Path $folder")]
    [InlineData("Set-ConvoxServiceCertificate -Service web -Certificate $wildcard -Path $folder/convox.yml")]
    [InlineData("Get-ConvoxServiceCertificate $folder web | Set-ConvoxServiceCertificate -Certificate $wildcard.Id")]
    [InlineData(
        "$ExecutionContext.SessionState.Path.PushCurrentLocation('x'); $null = "
            + "$ExecutionContext.SessionState.Path.SetLocation($folder); $wildcard | Set-ConvoxServiceCertificate web")]
    public async Task A_certificate_is_given_through_the_pipeline_or_by_parameter(string script)
    {
        var wildcard = Certificate(await RunAsync("New-ConvoxCertificate *.example.org -Issuer self-signed"));
        _powerShell.Set("wildcard", wildcard);

        (await RunAsync(script)).Succeeded();

        Assert.Equal(wildcard.Id, Services(await RunAsync("Get-ConvoxServiceCertificate $folder web")).Single().CertificateId);
    }

    [Theory]
    [InlineData("other.example.org", "NotCovered", "does not cover web.example.org")]
    [InlineData("*.web.example.org", "NotCovered", "does not cover web.example.org")]
    public async Task A_certificate_that_does_not_cover_the_domain_is_written_with_a_warning(string domain, string status, string reason)
    {
        _powerShell.Set("certificate", Certificate(await RunAsync($"New-ConvoxCertificate {domain} -Issuer self-signed")));
        var run = await RunAsync("$certificate | Set-ConvoxServiceCertificate web -Path $folder -PassThru");

        Assert.Contains(reason, Assert.Single(run.Succeeded().Warnings), StringComparison.Ordinal);
        var service = Assert.Single(Services(run));
        Assert.Equal(Enum.Parse<Status>(status), service.Status);
        Assert.Contains(reason, service.StatusReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_certificates_for_a_service_are_one_error_before_anything_is_written()
    {
        var created = (await RunAsync("'web.example.org', '*.example.org' | New-ConvoxCertificate -Issuer self-signed"))
            .Of<ConvoxCertificate>();

        var run = await RunAsync(
            "Get-ConvoxCertificate web.example.org, '*.example.org' | Set-ConvoxServiceCertificate api, web -Path $folder -PassThru");

        var error = Assert.Single(run.Errors);
        Assert.StartsWith("ConvoxSsl.SeveralCertificates,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.All(created, c => Assert.Contains(c.Id, error.Exception.Message, StringComparison.Ordinal));
        Assert.Empty(run.Objects);
        Assert.Equal(Text, await File.ReadAllTextAsync(Manifest));
    }

    [Theory]
    [InlineData("Set-ConvoxServiceCertificate web one.example.org -Path $app")]
    [InlineData("Set-ConvoxServiceCertificate worker one.example.org -Path $app -WhatIf")]
    [InlineData("Get-ConvoxCertificate | Set-ConvoxServiceCertificate worker -Path $app")]
    public async Task A_certificate_that_was_not_issued_is_refused(string script)
    {
        await using var session = await ScriptedCaSession.StartAsync();
        session.Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).Always().FailValidation("dns"));
        await session.RunAsync($"New-ConvoxCertificate one.example.org {ScriptedCaSession.Issuing}");
        session.PowerShell.Set("app", _powerShell["app"]);

        var error = Assert.Single((await session.RunAsync(script)).Errors);

        Assert.StartsWith("ConvoxSsl.CertificateNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("(one.example.org) has not been issued yet", error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(Text, await File.ReadAllTextAsync(Manifest));
    }

    [Theory]
    [InlineData("web")]
    [InlineData("worker")]
    public async Task A_revoked_certificate_is_set_with_a_warning(string service)
    {
        await using var session = await ScriptedCaSession.StartAsync();
        await session.RunAsync(
            $"New-ConvoxCertificate web.example.org {ScriptedCaSession.Issuing} | Revoke-ConvoxCertificate -Confirm:$false");
        session.PowerShell.Set("app", _powerShell["app"]);

        var run = await session.RunAsync($"Set-ConvoxServiceCertificate {service} web.example.org -Path $app");

        Assert.Contains(
            $"is not suitable for '{service}' (Revoked)", Assert.Single(run.Succeeded().Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cert-elsewhere", "CertificateNotFound", "Cannot find certificate 'cert-elsewhere'")]
    [InlineData("www.exmaple.org", "CertificateNotFound", "'www.example.org' is a name on cert-")]
    [InlineData("cert-", "SeveralCertificates", "'cert-' matches 2 certificates: cert-")]
    public async Task A_certificate_that_the_rack_does_not_have_is_refused(string text, string id, string expected)
    {
        await RunAsync("'www.example.org', 'api.example.org' | New-ConvoxCertificate -Issuer self-signed");

        foreach (var script in new[] { "Set-ConvoxServiceCertificate web {0} -Path $folder", "Set-ConvoxServiceCertificate web -Id {0} "
            + "-Path $folder -WhatIf" })
        {
            var error = Assert.Single((await RunAsync(script.Replace("{0}", text, StringComparison.Ordinal))).Errors);
            Assert.StartsWith($"ConvoxSsl.{id},", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Contains(expected, error.Exception.Message, StringComparison.Ordinal);
        }

        Assert.Equal(Text, await File.ReadAllTextAsync(Manifest));
    }

    [Theory]
    [InlineData("web.example.org")]
    [InlineData("-Id WEB.example.org.")]
    [InlineData("-Domain web.example.org")]
    [InlineData("$created.Id.Substring(0, 12)")]
    [InlineData("($created.Id.Substring(0, 20) + '…')")]
    public async Task A_certificate_is_named_by_its_domain_or_the_beginning_of_its_ID(string text)
    {
        var created = Certificate(await RunAsync("New-ConvoxCertificate web.example.org -Issuer self-signed"));
        _powerShell.Set("created", created);

        (await RunAsync($"Set-ConvoxServiceCertificate web {text} -Path $folder")).Succeeded();

        Assert.Equal(created.Id, Services(await RunAsync("Get-ConvoxServiceCertificate $folder web")).Single().CertificateId);
    }

    [Fact]
    public async Task A_certificate_of_another_rack_is_evaluated_on_its_own()
    {
        var run = await RunAsync(
            "New-ConvoxCertificate web.example.org -Issuer self-signed -Rack $folder/other | Set-ConvoxServiceCertificate web -Path "
                + "$folder -PassThru");

        Assert.Empty(run.Succeeded().Warnings);
        Assert.Equal(Status.Ready, Services(run).Single().Status);
    }

    [Fact]
    public async Task Without_a_rack_the_services_are_listed_with_one_warning()
    {
        var set = await RunAsync("Set-ConvoxServiceCertificate web, api cert-bx7k2 -Path $folder");
        Assert.Contains("There is no rack at", Assert.Single(set.Succeeded().Warnings), StringComparison.Ordinal);

        var get = await RunAsync("Get-ConvoxServiceCertificate $folder");
        Assert.Equal([Status.Unknown, Status.Unknown, Status.Unknown, Status.NoDomain], Services(get).Select(s => s.Status));
        Assert.Single(get.Warnings);
        Assert.False(Directory.Exists(_powerShell.RackPath));
    }

    [Fact]
    public async Task An_unreadable_rack_or_a_corrupt_certificate_yields_Unknown()
    {
        var certificate = Certificate(await RunAsync("New-ConvoxCertificate web.example.org -Issuer self-signed"));
        await RunAsync($"Set-ConvoxServiceCertificate web {certificate.Id} -Path $folder");
        await File.WriteAllTextAsync(_powerShell[$"rack/certificates/{certificate.Id}/certificate.json"], "{");
        var damaged = await RunAsync("Get-ConvoxServiceCertificate $folder web");
        await File.WriteAllTextAsync(_powerShell["rack/rack.json"], "{");
        var unreadable = await RunAsync("Get-ConvoxServiceCertificate $folder");

        Assert.Equal(Status.Unknown, Services(damaged).Single().Status);
        Assert.Contains(certificate.Id, Assert.Single(damaged.Warnings), StringComparison.Ordinal);
        Assert.Equal([Status.Unknown, Status.Missing, Status.Unknown, Status.NoDomain], Services(unreadable).Select(s => s.Status));
        Assert.Contains("rack.json", Assert.Single(unreadable.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIf_and_unchanged_services_write_nothing()
    {
        await RunAsync("Set-ConvoxServiceCertificate web cert-bx7k2 -Path $folder -WhatIf");
        Assert.Equal(Text, await File.ReadAllTextAsync(Manifest));

        await RunAsync("Set-ConvoxServiceCertificate web cert-bx7k2 -Path $folder");
        File.SetUnixFileMode(Manifest, UnixFileMode.UserRead);
        var repeated = await RunAsync("Set-ConvoxServiceCertificate web cert-bx7k2 -Path $folder -Verbose -PassThru");
        Assert.Equal("web", Services(repeated).Single().Service);
        Assert.Contains(repeated.Verbose, line => line.Contains("already", StringComparison.Ordinal));
        (await RunAsync("Set-ConvoxServiceCertificate api -Remove -Path $folder")).Succeeded();

        var error = Assert.Single((await RunAsync("Set-ConvoxServiceCertificate web cert-cx7k2 -Path $folder")).Errors);
        Assert.StartsWith("ConvoxSsl.AccessDenied,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Get-ConvoxServiceCertificate $folder/none", "FileNotFound", "-Path")]
    [InlineData("Get-ConvoxServiceCertificate $folder -Service none", "ServiceNotFound", "Its services are web, api, hook, worker.")]
    [InlineData("Set-ConvoxServiceCertificate none cert-bx7k2 -Path $folder", "ServiceNotFound", "Its services are web, api, hook")]
    [InlineData("Set-ConvoxServiceCertificate web 'cert one' -Path $folder", "InvalidCertificateId", "'cert one'")]
    [InlineData("Set-ConvoxServiceCertificate web cert-zz -Path $folder", "InvalidCertificateId", "'cert-zz' is not the whole ID")]
    [InlineData("Set-ConvoxServiceCertificate web cert-eb0dbb34 -Path $folder", "InvalidCertificateId", "Give the whole ID")]
    [InlineData("Set-ConvoxServiceCertificate * cert-bx7k2 -Path $folder", "ServiceNotFound", "wildcards are not permitted here")]
    [InlineData("Set-ConvoxServiceCertificate web www.example.org -Path $folder", "InvalidCertificateId", "There is no rack at")]
    [InlineData("Get-ConvoxServiceCertificate $folder -Rack nowhere", "RackNotFound", "'nowhere'")]
    [InlineData("Get-ConvoxServiceCertificate $folder web | Set-ConvoxServiceCertificate", "NoCertificateProposed", "-Certificate")]
    public async Task Unusable_input_is_one_error_and_nothing_is_written(string script, string id, string expected)
    {
        var run = await RunAsync(script);

        var error = Assert.Single(run.Errors);
        Assert.StartsWith($"ConvoxSsl.{id},", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(expected, error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(run.Objects);
        Assert.Equal(Text, await File.ReadAllTextAsync(Manifest));
    }

    [Theory]
    [InlineData("services:\n  web: [\n", "InvalidManifest", "line 3, column 1")]
    [InlineData("just a text", "InvalidManifest", "line 1, column 1")]
    [InlineData("services:\n  api: &api {port: 1}\n  web: *api\n", "ManifestNotEditable", "alias")]
    public async Task A_manifest_that_cannot_be_edited_stays_unchanged(string text, string id, string expected)
    {
        await File.WriteAllTextAsync(Manifest, text);

        var error = Assert.Single((await RunAsync("Set-ConvoxServiceCertificate web cert-bx7k2 -Path $folder")).Errors);

        Assert.StartsWith($"ConvoxSsl.{id},", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(expected, error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllTextAsync(Manifest));
    }

    [Fact]
    public async Task A_failing_service_does_not_stop_the_others()
    {
        var run = await RunAsync("Set-ConvoxServiceCertificate web, none, api cert-bx7k2 -Path $folder -PassThru");

        Assert.Equal(["web", "api"], run.Of<ConvoxServiceCertificate>().Select(s => s.Service));
        Assert.Equal("none", Assert.Single(run.Errors).TargetObject);
        Assert.Equal(2, (await File.ReadAllTextAsync(Manifest)).Split("id: cert-bx7k2").Length - 1);
    }

    [Fact]
    public async Task A_manifest_without_services_is_a_warning()
    {
        await File.WriteAllTextAsync(Manifest, "environment: []\n");
        var run = await RunAsync("Get-ConvoxServiceCertificate $folder");

        Assert.Empty(run.Succeeded().Objects);
        Assert.Contains("has no services", Assert.Single(run.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Get-ConvoxServiceCertificate $folder -Service w", "web", "worker")]
    [InlineData("Set-ConvoxServiceCertificate -Path $folder -Service ap", "api")]
    [InlineData("Set-ConvoxServiceCertificate h", "hook")]
    [InlineData("Set-ConvoxServiceCertificate -Path $folder/none -Service w")]
    public async Task Completes_services(string typed, params string[] expected)
    {
        await RunAsync("$null = $ExecutionContext.SessionState.Path.SetLocation($folder)");
        Assert.Equal(expected, (await CompleteAsync(typed)).Select(r => r.CompletionText));
    }

    [Fact]
    public async Task Completions_show_domains_and_an_invalid_manifest_yields_none()
    {
        Assert.Equal(
            "api.example.org, v1.example.org",
            Assert.Single(await CompleteAsync("Get-ConvoxServiceCertificate $folder -Service a")).ToolTip);
        await File.WriteAllTextAsync(Manifest, "services: [");
        Assert.Empty(await CompleteAsync("Get-ConvoxServiceCertificate $folder -Service a"));
    }

    [Fact]
    public async Task Completes_IDs_from_the_rack()
    {
        var created = Certificate(await RunAsync("New-ConvoxCertificate web.example.org -Issuer self-signed"));
        Assert.Equal(created.Id, Assert.Single(await CompleteAsync("Set-ConvoxServiceCertificate web cert-")).CompletionText);
    }

    private async Task<IReadOnlyList<CompletionResult>> CompleteAsync(string typed)
    {
        _powerShell.Set("typed", typed);
        var run = await RunAsync("(TabExpansion2 $typed $typed.Length).CompletionMatches");
        return [.. run.Succeeded().Of<CompletionResult>().Where(r => r.ResultType == CompletionResultType.ParameterValue)];
    }

    private static IReadOnlyList<ConvoxServiceCertificate> Services(PowerShellResult run) => run.Succeeded().Of<ConvoxServiceCertificate>();

    private static ConvoxCertificate Certificate(PowerShellResult run) => Assert.Single(run.Succeeded().Of<ConvoxCertificate>());

    private Task<PowerShellResult> RunAsync(string script) => _powerShell.RunAsync(script, CancellationToken.None);
}
