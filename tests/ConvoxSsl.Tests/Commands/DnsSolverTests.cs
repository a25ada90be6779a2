using System.Net;
using ConvoxSsl.TestKit.Dns;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests DNS solvers as settings of a rack, without requests to a provider.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class DnsSolverTests : IDisposable
{
    private const string Token = "cf-t0ken-that-nobody-may-see";

    private readonly HostedPowerShell _powerShell = new();

    public void Dispose() => _powerShell.Dispose();

    [Fact]
    public async Task A_Route53_solver_is_added_listed_changed_and_removed()
    {
        var added =
            Assert.Single((await RunAsync(
                "Add-ConvoxDnsSolver -Id 1 -DnsZone Example.org, münchen.example -Role arn:aws:iam::123456789012:role/path/dns "
                    + "-HostedZoneId /hostedzone/Z123 -Region eu-west-1 -ExternalId secret-ish")).Succeeded().Of<ConvoxDnsSolver>());
        Assert.Equal((1, ConvoxDnsProvider.Route53, "Z123", "eu-west-1"), (added.Id, added.Provider, added.HostedZoneId, added.Region));
        Assert.Equal(["example.org", "xn--mnchen-3ya.example"], added.DnsZones);
        Assert.Null(added.Secret);

        (await RunAsync("Get-ConvoxDnsSolver 1 | Set-ConvoxDnsSolver -DnsZone example.net -Region us-gov-west-1")).Succeeded();
        var changed = Assert.Single((await RunAsync("Get-ConvoxDnsSolver")).Of<ConvoxDnsSolver>());
        Assert.Equal(("Z123", "us-gov-west-1", "example.net"), (changed.HostedZoneId, changed.Region, Assert.Single(changed.DnsZones)));
        Assert.Equal("arn:aws:iam::123456789012:role/path/dns", changed.Role);

        (await RunAsync("Get-ConvoxDnsSolver | Remove-ConvoxDnsSolver -Confirm:$false")).Succeeded();
        Assert.Empty((await RunAsync("Get-ConvoxDnsSolver")).Objects);
    }

    [Fact]
    public async Task A_Cloudflare_credential_is_stored_separately_and_never_shown()
    {
        _powerShell.Set("token", new NetworkCredential(string.Empty, Token).SecurePassword);
        var runs = new[]
        {
            await RunAsync("Add-ConvoxDnsSolver 2 example.org -ApiToken $token -Verbose -Debug"),
            await RunAsync($"Add-ConvoxDnsSolver 3 example.net -ApiKey {Token} -Email you@example.org -Verbose -Debug"),
            await RunAsync("Get-ConvoxDnsSolver -Verbose -Debug"),
            await RunAsync("Get-ConvoxDnsSolver | Out-Default"),
            await RunAsync($"Add-ConvoxDnsSolver 4 example.com -ApiToken '{Token} with a space'"),
        };

        var listed = runs[2].Of<ConvoxDnsSolver>();
        Assert.Equal(["cloudflare-dns-credential-2", "cloudflare-dns-credential-3"], listed.Select(s => s.Secret));
        Assert.Equal([null, "you@example.org"], listed.Select(s => s.Email));
        Assert.StartsWith("ConvoxSsl.InvalidCredential,", Assert.Single(runs[4].Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, string.Join('\n', runs.Select(OutputText.Format)) + _powerShell.Host.Text, StringComparison.Ordinal);

        var holders = Directory.GetFiles(_powerShell.RackPath, "*", SearchOption.AllDirectories)
            .Where(f => File.ReadAllText(f).Contains(Token, StringComparison.Ordinal))
            .ToList();
        Assert.Equal(["cloudflare-dns-credential-2.json", "cloudflare-dns-credential-3.json"], holders.Select(Path.GetFileName).Order());
        Assert.All(holders, f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(f)));

        (await RunAsync("Remove-ConvoxDnsSolver 2 -Confirm:$false; Remove-ConvoxDnsSolver 3 -Confirm:$false")).Succeeded();
        Assert.Empty(Directory.GetFiles(_powerShell.RackPath + "/secrets"));
    }

    [Fact]
    public async Task A_zone_may_have_labels_with_underscores()
    {
        (await RunAsync("Add-ConvoxDnsSolver 1 _acme-challenge.example.org -HostedZoneId Z1")).Succeeded();
        (await RunAsync("Set-ConvoxDnsSolver 1 -DnsZone _acme-challenge.www.example.org, _acme-challenge.bücher.example")).Succeeded();

        var solver = Assert.Single((await RunAsync("Get-ConvoxDnsSolver")).Of<ConvoxDnsSolver>());
        Assert.Equal(["_acme-challenge.www.example.org", "_acme-challenge.xn--bcher-kva.example"], solver.DnsZones);
    }

    [Fact]
    public async Task The_zone_of_a_script_solver_is_looked_up_with_the_given_servers()
    {
        await using var dns = DnsTestServer.Start(new DnsTestZones(TimeProvider.System).AddZone("example.org", "ns.example.org"));
        const string Script = "{ param($Name, $Value) }";
        (await RunAsync($"Add-ConvoxDnsSolver 1 example.org -Present {Script} -CleanUp {Script}")).Succeeded();

        var checks = (await RunAsync($"Test-ConvoxDnsSolver 1 -DnsServer {dns.Endpoint} -PropagationTimeout 1s")).Of<ConvoxCheck>();

        // The zone's only name server has no address.
        Assert.Contains("ns.example.org", Assert.Single(checks, c => !c.Passed).Detail, StringComparison.Ordinal);
        var failed = Assert.Single((await RunAsync("Get-ConvoxDnsSolver")).Of<ConvoxDnsSolver>());
        Assert.Equal(ConvoxDnsSolverStatus.Failed, failed.Status);
        Assert.Contains("ns.example.org", failed.StatusReason, StringComparison.Ordinal);

        await RunAsync("Set-ConvoxDnsSolver 1 -DnsZone example.org, example.net");
        var changed = Assert.Single((await RunAsync("Get-ConvoxDnsSolver")).Of<ConvoxDnsSolver>());
        Assert.Equal((ConvoxDnsSolverStatus.Untested, "To test it, run Test-ConvoxDnsSolver 1."), (changed.Status, changed.StatusReason));
    }

    [Fact]
    public async Task A_solver_without_a_number_gets_the_next_free_one()
    {
        var run = (await RunAsync(
            "Add-ConvoxDnsSolver -DnsZone example.org -HostedZoneId Z1; Add-ConvoxDnsSolver 5 example.net -HostedZoneId Z2; "
                + "Add-ConvoxDnsSolver -DnsZone example.com -ApiToken a")).Succeeded();

        Assert.Equal([1, 5, 6], run.Of<ConvoxDnsSolver>().Select(solver => solver.Id));
        Assert.Equal("cloudflare-dns-credential-6", run.Of<ConvoxDnsSolver>()[2].Secret);
    }

    [Fact]
    public async Task Without_a_number_all_solvers_are_tested()
    {
        Assert.Contains("has no DNS solvers", Assert.Single((await RunAsync("Test-ConvoxDnsSolver")).Warnings), StringComparison.Ordinal);
        const string Script = "{ param($Name, $Value) throw 'not now' }";
        (await RunAsync(
            $"'example.org', 'example.net' | ForEach-Object {{ Add-ConvoxDnsSolver -DnsZone $_ -Present {Script} -CleanUp {Script} }}"))
            .Succeeded();

        var checks = (await RunAsync("Test-ConvoxDnsSolver")).Of<ConvoxCheck>();

        Assert.Contains(checks, check => check is { DnsSolver: 1, Zone: "example.org", Check: "Record written", Passed: false });
        Assert.Contains(checks, check => check is { DnsSolver: 2, Zone: "example.net", Check: "Record written", Passed: false });
        var one = (await RunAsync("Test-ConvoxDnsSolver 2")).Of<ConvoxCheck>();
        Assert.All(one, check => Assert.Equal((2, "example.net"), (check.DnsSolver, check.Zone)));
        Assert.Equal(checks.First(check => check.DnsSolver == 2), one[0]);
    }

    [Theory]
    [InlineData("Add-ConvoxDnsSolver 0 example.org -HostedZoneId Z1", "InvalidSolverId", "0", "from 1")]
    [InlineData("Add-ConvoxDnsSolver -1 example.org -HostedZoneId Z1", "InvalidSolverId", "-1", "from 1")]
    [InlineData("Add-ConvoxDnsSolver 1 @() -HostedZoneId Z1", null, "", "")]
    [InlineData("Add-ConvoxDnsSolver 1 '' -HostedZoneId Z1", "InvalidDnsZone", "''", "Give a name")]
    [InlineData("Add-ConvoxDnsSolver 1 '*.example.org' -HostedZoneId Z1", "InvalidDnsZone", "'*.example.org'", "Use the zone itself")]
    [InlineData("Add-ConvoxDnsSolver 1 192.0.2.1 -HostedZoneId Z1", "InvalidDnsZone", "'192.0.2.1'", "Use the zone itself")]
    [InlineData("Add-ConvoxDnsSolver 1 example..org -HostedZoneId Z1", "InvalidDnsZone", "'example..org'", "doubled dot")]
    [InlineData(
        "Add-ConvoxDnsSolver 1 example.org -Role dns-access", "InvalidRole", "'dns-access'", "arn:aws:iam::123456789012:role/dns-access")]
    [InlineData(
        "Add-ConvoxDnsSolver 1 example.org -Role arn:aws:iam::1:user/me", "InvalidRole", "'arn:aws:iam::1:user/me'", "ARN of an IAM role")]
    [InlineData("Add-ConvoxDnsSolver 1 example.org -HostedZoneId 'z 1'", "InvalidHostedZoneId", "'z 1'", "uppercase")]
    [InlineData("Add-ConvoxDnsSolver 1 example.org -Region Ireland", "InvalidRegion", "'Ireland'", "eu-west-1")]
    [InlineData("Add-ConvoxDnsSolver 1 example.org", "ProviderNeeded", "example.org", "-ApiToken")]
    [InlineData(
        "Add-ConvoxDnsSolver 1 example.org -ApiToken a -ApiKey b -Email c@example.org",
        "InvalidCredential",
        "token or an API key",
        "-ApiToken alone")]
    [InlineData("Add-ConvoxDnsSolver 1 example.org -ApiToken a -Email c@example.org", "InvalidCredential", "email", "Leave out -Email")]
    [InlineData("Add-ConvoxDnsSolver 1 example.org -ApiKey b", "InvalidCredential", "email", "Add -Email")]
    [InlineData("Add-ConvoxDnsSolver 1 example.org -ApiKey b -Email nobody", "InvalidEmail", "'nobody'", "signs in to")]
    [InlineData("Set-ConvoxDnsSolver 9 -DnsZone example.org", "DnsSolverNotFound", "9", "Add-ConvoxDnsSolver")]
    [InlineData("Remove-ConvoxDnsSolver 9 -Confirm:$false", "DnsSolverNotFound", "9", "Get-ConvoxDnsSolver")]
    [InlineData("Test-ConvoxDnsSolver 9", "DnsSolverNotFound", "9", "Add-ConvoxDnsSolver")]
    public async Task Invalid_input_is_one_error_and_nothing_is_written(string script, string? id, string value, string remedy)
    {
        var run = await RunAsync(script);

        var error = run.TerminatingError ?? Assert.Single(run.Errors);
        if (id is not null)
        {
            Assert.StartsWith($"ConvoxSsl.{id},", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        }

        Assert.Contains(value, error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_powerShell.RackPath));
    }

    [Fact]
    public async Task An_existing_ID_suggests_Set_and_another_provider_suggests_Remove()
    {
        await RunAsync("Add-ConvoxDnsSolver 1 example.org -HostedZoneId Z1");
        var used = Assert.Single((await RunAsync("Add-ConvoxDnsSolver 1 example.net -HostedZoneId Z2")).Errors);
        Assert.StartsWith("ConvoxSsl.DnsSolverExists,", used.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("Set-ConvoxDnsSolver", used.Exception.Message, StringComparison.Ordinal);

        var other = Assert.Single((await RunAsync("Set-ConvoxDnsSolver 1 -ApiToken x")).Errors);
        Assert.StartsWith("ConvoxSsl.OtherProvider,", other.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith(
            "ConvoxSsl.NothingToChange,",
            Assert.Single((await RunAsync("Set-ConvoxDnsSolver 1")).Errors).FullyQualifiedErrorId,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("New-ConvoxCertificate '*.example.org' -Issuer https://127.0.0.1:9/dir -AcceptTermsOfService", "WildcardNeedsDns")]
    [InlineData("New-ConvoxCertificate example.org -Challenge Dns01 -Issuer https://127.0.0.1:9/dir -AcceptTermsOfService", "NoDnsSolver")]
    [InlineData(
        "New-ConvoxCertificate example.org -DnsServer 'not a server' -Issuer https://127.0.0.1:9/dir -AcceptTermsOfService",
        "InvalidDnsServer")]
    public async Task Dns_01_without_a_solver_is_rejected_before_any_request(string script, string id) =>
        Assert.StartsWith(
            $"ConvoxSsl.{id},", Assert.Single((await RunAsync(script)).Errors).FullyQualifiedErrorId, StringComparison.Ordinal);

    private Task<PowerShellResult> RunAsync(string script) => _powerShell.RunAsync(script, CancellationToken.None);
}
