using System.Text.Json.Nodes;
using ConvoxSsl.TestKit.Kubernetes;
using ConvoxSsl.TestKit.Kubernetes.CertManager;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Kubernetes;

/// <summary>Tests that the cmdlets of each group need exactly the roles in docs/rbac.md and report a missing rule.</summary>
public abstract class RbacGuideTests(Func<Task<KubernetesTestServer>> start) : IAsyncLifetime
{
    private const string Failing = "cert-0000000000000000000000000000000000000bad";
    private ClusterSession _session = null!;
    private string _app = null!;

    public async Task InitializeAsync()
    {
        _session = await ClusterSession.StartAsync(await start());
        _app = await _session.AddAppAsync("web");
        await _session.Server.EnsureNamespaceAsync("cert-manager", default);
        var created =
            (await _session.RunConnectedAsync("New-ConvoxCertificate stored.example.org -WarningAction SilentlyContinue")).Succeeded();
        _session.PowerShell.Set("Id", Assert.Single(created.Of<ConvoxCertificate>()).Id);
        _session.PowerShell.Set("Failing", Failing);
        _session.PowerShell.Set("Folder", _session.PowerShell["exported"]);
    }

    public Task DisposeAsync()
    {
        _session.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public void The_guide_contains_the_tested_roles() => Assert.Equal(
        [
            "convoxssl-apps", "convoxssl-delegate", "convoxssl-issuer", "convoxssl-publish", "convoxssl-read", "convoxssl-solvers",
            "convoxssl-write",
        ],
        RbacGuide.Rules.Select(rule => rule.Role).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public async Task Reading()
    {
        await using var certManager = new CertManagerSimulator(
            _session.Server.Admin, _session.Namespace, _ => CertManagerPlan.RefuseChallenge);
        await RequestCertificateAsync(Failing);
        await CheckAsync(
            """
            if (-not (Get-ConvoxCertificate -Id $Id)) { throw 'nothing' }
            $null = Get-ConvoxCertificate -WarningAction SilentlyContinue
            $null = Export-ConvoxCertificate $Id -Path $Folder -Force -WarningAction SilentlyContinue
            $null = Get-ConvoxCertificate -Id $Failing
            $null = Get-ConvoxAcmeAccount
            $null = Get-ConvoxWebhook -ErrorAction SilentlyContinue
            """,
            ["convoxssl-read"]);
    }

    [Fact]
    public Task Issuing_with_the_modules_engine() => CheckAsync(
        """
        $made = New-ConvoxCertificate "$([Guid]::NewGuid()).example.org" -WarningAction SilentlyContinue
        $null = Update-ConvoxCertificate $made.Id -Force -WarningAction SilentlyContinue
        $null = Restore-ConvoxCertificate $made.Id -WarningAction SilentlyContinue
        Remove-ConvoxCertificate $made.Id -Confirm:$false
        """,
        ["convoxssl-write"],
        "convoxssl-read");

    [Fact]
    public async Task Issuing_with_cert_manager()
    {
        await using var certManager = new CertManagerSimulator(_session.Server.Admin, _session.Namespace);
        await CheckAsync(
            """
            $made = New-ConvoxCertificate "$([Guid]::NewGuid()).example.org" -Issuer letsencrypt -WarningAction SilentlyContinue
            $null = Update-ConvoxCertificate $made.Id -Force -WarningAction SilentlyContinue
            Remove-ConvoxCertificate $made.Id -Confirm:$false
            """,
            ["convoxssl-delegate"],
            "convoxssl-read",
            "convoxssl-write");
    }

    [Fact]
    public async Task Solvers()
    {
        using var reserved = await _session.Server.ReserveAsync("cert-manager", default);
        await AddIssuerAsync();
        await CheckAsync(
            """
            $zone = "$([Guid]::NewGuid()).example.org"
            $token = 'abcdefghijklmnopqrstuvwxyz0123456789abcd'
            $null = Add-ConvoxDnsSolver -Id $Number -DnsZone $zone -ApiToken $token -WarningAction SilentlyContinue
            $null = Get-ConvoxDnsSolver
            $null = Get-ConvoxDnsRole
            Remove-ConvoxDnsSolver $Number -Confirm:$false
            """,
            ["convoxssl-solvers", "convoxssl-issuer"],
            "convoxssl-read",
            "convoxssl-write");
    }

    [Fact]
    public async Task Publishing()
    {
        await CheckAsync(
            "$null = Publish-ConvoxCertificate $Id -App web",
            ["convoxssl-apps", "convoxssl-publish"],
            "convoxssl-read");
        Assert.NotNull((await _session.Server.Admin.ListAsync($"/api/v1/namespaces/{_app}/secrets", default)).Single(s =>
            (string?)s["type"] == "kubernetes.io/tls"));
    }

    // Remove each rule of the group's roles once. The remaining rules must not suffice.
    private async Task CheckAsync(string script, string[] own, params string[] others)
    {
        var rules = RbacGuide.Rules.Where(rule => own.Contains(rule.Role) || others.Contains(rule.Role)).ToArray();
        await BecomeAsync(rules);
        (await _session.RunConnectedAsync(script)).Succeeded();
        foreach (var removed in rules.Where(rule => own.Contains(rule.Role)))
        {
            await BecomeAsync([.. rules.Where(rule => rule != removed)]);
            var run = await _session.RunConnectedAsync("$ErrorActionPreference = 'Stop'\n" + script);
            var text = DescribeErrors(run);
            Assert.True(
                text.Contains(removed.Rule.Resources.Split('/')[0], StringComparison.Ordinal),
                $"Without {removed} the errors were: {text}");
        }
    }

    private static string DescribeErrors(PowerShellResult run) =>
        string.Join(
            '\n',
            run.Errors.Append(run.TerminatingError)
                .OfType<System.Management.Automation.ErrorRecord>()
                .Select(e => $"{e.FullyQualifiedErrorId} {e.Exception.Message}"));

    private async Task BecomeAsync(IReadOnlyList<GuideRule> rules)
    {
        var user = _session.Server.AddUser();
        foreach (var group in rules.GroupBy(rule => rule.Namespace))
        {
            var inNamespace = group.Key switch { null =>
                null, "production-system" => _session.Namespace, "production-web" => _app, var other => other };
            await _session.Server.GrantAsync(user, inNamespace, default, [.. group.Select(rule => rule.Rule)]);
        }

        // Ignore the leftovers of an interrupted run.
        _session.PowerShell.Set("Number", Random.Shared.Next(10, 1_000_000));
        _session.Become(user.Token);
    }

    private async Task RequestCertificateAsync(string name)
    {
        await _session.Server.Admin.CreateAsync(
            new JsonObject
            {
                ["apiVersion"] = "cert-manager.io/v1",
                ["kind"] = "Certificate",
                ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = _session.Namespace },
                ["spec"] = new JsonObject
                {
                    ["secretName"] = name,
                    ["dnsNames"] = new JsonArray("failing.example.org"),
                    ["issuerRef"] = new JsonObject { ["name"] = "letsencrypt", ["kind"] = "ClusterIssuer" },
                },
            },
            default);
        var path = $"/apis/cert-manager.io/v1/namespaces/{_session.Namespace}/certificates/{name}";
        while ((await _session.Server.Admin.GetAsync(path, default))["status"]?["failedIssuanceAttempts"] is null
            && (await _session.Server.Admin.GetAsync(path, default))["status"]?["lastFailureTime"] is null)
        {
            await Task.Delay(100);
        }
    }

    private async Task AddIssuerAsync()
    {
        const string Account =
            """{"metadata":{"annotations":{"eks.amazonaws.com/role-arn":"arn:aws:iam::123456789012:role/cert-manager"}}}""";
        if (await _session.Server.Admin.FindAsync("/api/v1/namespaces/cert-manager/serviceaccounts/cert-manager", default) is null)
        {
            await _session.Server.Admin.CreateAsync(
                """{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"cert-manager","namespace":"cert-manager"}}""", default);
        }

        await _session.Server.Admin.PatchAsync(
            "/api/v1/namespaces/cert-manager/serviceaccounts/cert-manager", JsonNode.Parse(Account)!, default);
        if (await _session.Server.Admin.FindAsync("/apis/cert-manager.io/v1/clusterissuers/letsencrypt", default) is null)
        {
            await _session.Server.Admin.CreateAsync(
                """
                {"apiVersion":"cert-manager.io/v1","kind":"ClusterIssuer","metadata":{"name":"letsencrypt"},"spec":{"acme":{
                  "server":"https://acme-v02.api.letsencrypt.org/directory","email":"ops@convox.com",
                  "privateKeySecretRef":{"name":"letsencrypt"},
                  "solvers":[{"http01":{"ingress":{"class":"nginx"}}}]}}}
                """,
                default);
        }
    }
}

/// <summary>Runs the tests on a real API server, if one is installed.</summary>
public sealed class CurrentRbacGuideTests() : RbacGuideTests(() => KubernetesTestServers.CurrentAsync());

/// <summary>Runs the tests on the scripted API server.</summary>
public sealed class ScriptedRbacGuideTests() : RbacGuideTests(() => KubernetesTestServers.ScriptedAsync());
