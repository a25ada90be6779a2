using ConvoxSsl.TestKit.Cloudflare;
using ConvoxSsl.TestKit.Dns;
using ConvoxSsl.TestKit.Pebble;
using ConvoxSsl.TestKit.Route53;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Package.Tests;

/// <summary>The published module with simulated DNS provider APIs, configured through environment variables.</summary>
public sealed class DnsProviderTests : IAsyncLifetime
{
    private const string Name = "_acme-challenge.example.org";
    // A short value, because the response with eight more must fit into the 512 bytes that Pebble accepts.
    private const string Foreign = "theirs";
    private const string Role = "arn:aws:iam::123456789012:role/dns-access";

    private readonly ModuleSession _session = new();
    private readonly DnsTestZones _zones = new DnsTestZones(TimeProvider.System).AddZone("example.org", "ns.example.org");
    private DnsTestServer _dns = null!;
    private PebbleServer? _pebble;

    public Task InitializeAsync()
    {
        _dns = DnsTestServer.Start(_zones);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _session.Dispose();
        if (_pebble is not null)
        {
            await _pebble.DisposeAsync();
        }

        await _dns.DisposeAsync();
    }

    [PebbleFact]
    public async Task Route53_validates_a_wildcard_with_a_role_beside_another_AWS_SDK()
    {
        await using var aws = await StartRoute53Async();
        var user = Introduce(aws);
        var lines = await _session.RunAsync($$"""
            foreach ($file in [System.IO.Directory]::GetFiles($env:FOREIGN)) { $null = [System.Reflection.Assembly]::LoadFrom($file) }
            {{Environment(aws, user)}}
            $null = Add-ConvoxDnsSolver -Id 1 -DnsZone example.org -Role {{Role}} -Region us-east-1 -ExternalId convox
            $checks = Test-ConvoxDnsSolver 1 -PropagationTimeout 1s
            foreach ($check in $checks) { "$($check.Check): $($check.Passed)" }
            $certificate = New-ConvoxCertificate '*.example.org', example.org {{Issuing}}
            "$($certificate.Status) $($certificate.Domains -join ',')"
            foreach ($assembly in [System.AppDomain]::CurrentDomain.GetAssemblies()) {
                if ($assembly.GetName().Name -eq 'AWSSDK.Core') {
                    $context = [System.Runtime.Loader.AssemblyLoadContext]::GetLoadContext($assembly).Name
                    "$($assembly.GetName().Version) in $context"
                }
            }
            """);

        Assert.Contains("Ready *.example.org,example.org", lines);
        Assert.Contains("Record written: True", lines);
        Assert.Contains("Record removed: True", lines);
        Assert.Contains(
            lines, line => line.StartsWith("3.3.", StringComparison.Ordinal) && line.EndsWith(" in Default", StringComparison.Ordinal));
        Assert.Contains(
            lines, line => line.StartsWith("4.", StringComparison.Ordinal) && line.EndsWith(" in ConvoxSsl", StringComparison.Ordinal));
        Assert.Equal([Foreign], aws.Txt(Name));
    }

    [PebbleFact]
    public async Task Eight_processes_at_one_name_lose_no_value_and_leave_none()
    {
        await using var aws = await StartRoute53Async();
        var user = Introduce(aws);
        await StartPebbleAsync();
        var runs = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => _session.RunAsync($$"""
            {{Environment(aws, user)}}
            $null = Connect-ConvoxRack ./rack{{i}} 6> $null
            $null = Add-ConvoxDnsSolver -Id 1 -DnsZone example.org -Region us-east-1
            (New-ConvoxCertificate '*.example.org' {{Issuing}}).SerialNumber
            """)));

        Assert.Equal(8, runs.Select(Assert.Single).Distinct().Count());
        Assert.Equal([Foreign], aws.Txt(Name));
    }

    [PebbleFact]
    public async Task A_hundred_certificates_of_one_pipeline_need_at_most_four_Route53_changes()
    {
        await using var aws = await StartRoute53Async();
        var user = Introduce(aws);
        await StartPebbleAsync();
        var lines = await _session.RunAsync($$"""
            {{Environment(aws, user)}}
            $null = Add-ConvoxDnsSolver -Id 1 -DnsZone example.org -Region us-east-1
            $made = 1..100 | ForEach-Object { "host$_.example.org" } | New-ConvoxCertificate {{Issuing}} -ThrottleLimit 16
            @($made).Count
            """);

        Assert.Equal(["100"], lines);
        Assert.InRange(aws.Count("route53:ChangeResourceRecordSets"), 2, 4);
        Assert.Equal([Foreign], aws.Txt(Name));
    }

    [PebbleFact]
    public async Task The_next_run_removes_exactly_the_records_of_a_killed_run()
    {
        await using var aws = await StartRoute53Async();
        var user = Introduce(aws);
        await StartPebbleAsync();
        var script = $$"""
            {{Environment(aws, user)}}
            if (-not (Get-ConvoxDnsSolver)) { $null = Add-ConvoxDnsSolver -Id 1 -DnsZone example.org -Region us-east-1 }
            (New-ConvoxCertificate '*.example.org', example.org {{Issuing}}).Status
            """;

        // Its name server is unreachable, so it waits for propagation while the records are published.
        using (var killed =
            _session.Start(script.Replace(" -SkipPropagationCheck", string.Empty, StringComparison.Ordinal), "-Module", Repository.Module))
        {
            using var limit = new CancellationTokenSource(TestTime.Hang);
            while (aws.Txt(Name).Count < 3)
            {
                await Task.Delay(50, limit.Token);
            }

            killed.Kill(entireProcessTree: true);
            await killed.WaitForExitAsync(limit.Token);
        }

        Assert.Equal(3, aws.Txt(Name).Count);
        Assert.Equal(["Ready"], await _session.RunAsync(script));
        Assert.Equal([Foreign], aws.Txt(Name));
        Assert.Single(_pebble!.Requests, r => r.EndsWith("/order-plz", StringComparison.Ordinal));
    }

    [PebbleFact]
    public async Task The_documented_policy_suffices()
    {
        await using var aws = await StartRoute53Async();
        var user = Introduce(aws);
        var zone = aws.AddZone("example.net");
        aws.AddIdentity(
            user with { Actions = ["route53:GetChange", "route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets"] });
        await StartPebbleAsync();
        _zones.AddZone("example.net", "ns.example.net");
        var lines = await _session.RunAsync($$"""
            {{Environment(aws, user)}}
            $null = Add-ConvoxDnsSolver -Id 1 -DnsZone example.net -Region us-east-1 -HostedZoneId {{zone.Id}}
            foreach ($check in Test-ConvoxDnsSolver 1 -PropagationTimeout 1s) { "$($check.Check): $($check.Passed)" }
            (New-ConvoxCertificate '*.example.net' {{Issuing}}).Status
            """);

        Assert.Equal("Ready", lines[^1]);
        Assert.Equal(["Record seen on every name server: False"], lines.Where(l => l.EndsWith("False", StringComparison.Ordinal)));
    }

    [PebbleFact]
    public async Task Pebble_validates_Route53_records_directly_and_through_an_alias()
    {
        await using var pebble = await PebbleServer.StartAsync(new PebbleOptions(), CancellationToken.None);
        await using var aws = await Route53TestServer.StartAsync(
            new Route53TestServerOptions
            {
                TxtChanged = (name, values) => pebble.SetTxtAsync(name, values, CancellationToken.None).GetAwaiter().GetResult(),
            }, CancellationToken.None);
        var user = Introduce(aws);
        aws.AddZone("auth.test");
        await pebble.SetCnameAsync("_acme-challenge.example.com", "example-com.auth.test", CancellationToken.None);
        var lines = await _session.RunAsync($$"""
            {{Environment(aws, user)}}
            $env:CONVOXSSL_DNS_SERVERS = '{{pebble.DnsEndpoint}}'
            $null = Add-ConvoxDnsSolver -Id 1 -DnsZone example.org, auth.test -Region us-east-1
            $ca = @{ Issuer = '{{pebble.DirectoryUrl}}'; CaCertificate = '{{pebble.RootFile}}' }
            $names = '*.example.org', 'example.org', '*.example.com'
            (New-ConvoxCertificate $names @ca -AcceptTermsOfService -SkipPropagationCheck).Status
            """);

        Assert.Equal(["Ready"], lines);
        Assert.Equal([Foreign], aws.Txt(Name));
        Assert.Empty(aws.Txt("example-com.auth.test"));
    }

    [PebbleFact]
    public async Task Cloudflare_validates_a_wildcard_with_a_token()
    {
        const string Token = "token-of-the-package-tests";
        await using var cloudflare = await CloudflareTestServer.StartAsync(
            new CloudflareTestServerOptions
            {
                OnChange = (name, values, _) =>
                {
                    _zones.SetTxt(name, [.. values]);
                    return Task.CompletedTask;
                },
            },
            CancellationToken.None);
        cloudflare.AddToken(Token);
        cloudflare.AddZone("example.org", "active", "ns.example.org");
        await StartPebbleAsync();
        var lines = await _session.RunAsync($$"""
            $env:CLOUDFLARE_BASE_URL = '{{cloudflare.BaseUrl}}'
            $env:CONVOXSSL_DNS_SERVERS = '{{_dns.Endpoint}}'
            $null = Add-ConvoxDnsSolver -Id 1 -DnsZone example.org -ApiToken {{Token}}
            (New-ConvoxCertificate '*.example.org', example.org {{Issuing}}).Status
            """);

        Assert.Equal(["Ready"], lines);
        Assert.Empty(cloudflare.AllTxt);
    }

    [Fact]
    public async Task The_role_of_the_current_identity_is_returned()
    {
        await using var aws = await StartRoute53Async();
        var session = aws.AddIdentity(new AwsIdentity
        {
            Arn = "arn:aws:sts::123456789012:assumed-role/rack-cert-manager/session",
            AccessKeyId = "ASIAEXAMPLE",
            SecretAccessKey = "secret",
            SessionToken = "session-token",
        });
        var lines = await _session.RunAsync(
            $"{Environment(aws, session)}\n$env:AWS_SESSION_TOKEN = 'session-token'\nGet-ConvoxDnsRole -Region us-east-1");

        Assert.Equal(["arn:aws:iam::123456789012:role/rack-cert-manager"], lines);
    }

    [Fact]
    public async Task An_SSO_profile_uses_the_shipped_client_and_reports_how_to_sign_in()
    {
        await File.WriteAllTextAsync(Path.Combine(_session.Home, "config"), """
            [profile corp]
            sso_session = corp
            sso_account_id = 123456789012
            sso_role_name = dns
            [sso-session corp]
            sso_region = us-east-1
            sso_start_url = https://corp.example/start
            """);
        var lines = await _session.RunAsync($$"""
            $env:AWS_CONFIG_FILE = '{{_session.Home}}/config'
            $env:AWS_EC2_METADATA_DISABLED = 'true'
            try { Get-ConvoxDnsRole -ProfileName corp -Region us-east-1 -ErrorAction Stop } catch { $_.Exception.Message }
            foreach ($assembly in [System.AppDomain]::CurrentDomain.GetAssemblies()) {
                if ($assembly.GetName().Name -eq 'AWSSDK.SSO') {
                    "SSO in $([System.Runtime.Loader.AssemblyLoadContext]::GetLoadContext($assembly).Name)"
                }
            }
            """);

        Assert.Contains("aws sso login", lines[0], StringComparison.Ordinal);
        Assert.Equal("SSO in ConvoxSsl", lines[^1]);
    }

    private string Issuing =>
        $"-Issuer {_pebble!.DirectoryUrl} -CaCertificate {_pebble.RootFile} -AcceptTermsOfService -SkipPropagationCheck";

    private async Task StartPebbleAsync() =>
        _pebble ??= await PebbleServer.StartAsync(new PebbleOptions { DnsServer = _dns.Endpoint }, CancellationToken.None);

    private async Task<Route53TestServer> StartRoute53Async()
    {
        if (PebbleServer.IsInstalled)
        {
            await StartPebbleAsync();
        }

        return await Route53TestServer.StartAsync(
            new Route53TestServerOptions { TxtChanged = (name, values) => _zones.SetTxt(name, [.. values]) }, CancellationToken.None);
    }

    private static AwsIdentity Introduce(Route53TestServer aws)
    {
        var user = aws.AddUser("alice");
        aws.AddRole(new AwsRole { Arn = Role, Trusts = [user.Arn], ExternalId = "convox" });
        aws.Put(aws.AddZone("example.org"), Name, "TXT", 60, [$"\"{Foreign}\""]);
        return user;
    }

    private string Environment(Route53TestServer aws, AwsIdentity identity) => $"""
        $env:AWS_ENDPOINT_URL_ROUTE_53 = '{aws.Url}'
        $env:AWS_ENDPOINT_URL_STS = '{aws.Url}'
        $env:AWS_ACCESS_KEY_ID = '{identity.AccessKeyId}'
        $env:AWS_SECRET_ACCESS_KEY = '{identity.SecretAccessKey}'
        $env:AWS_EC2_METADATA_DISABLED = 'true'
        $env:CONVOXSSL_DNS_SERVERS = '{_dns.Endpoint}'
        """;
}
