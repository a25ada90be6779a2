using System.Text.Json.Nodes;
using ConvoxSsl.TestKit.Kubernetes;
using ConvoxSsl.TestKit.Kubernetes.CertManager;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Commands;

/// <summary>Tests the cmdlets on a rack with cert-manager.</summary>
public sealed class DelegatedCertificateTests
{
    private const string New = "New-ConvoxCertificate www.example.org -Issuer letsencrypt";

    [Fact]
    public async Task A_delegated_certificate_is_requested_awaited_renewed_and_removed()
    {
        await using var session = await ClusterSession.StartAsync(CertManagerPlan.WaitForPropagation);

        var requested = Assert.Single((await session.RunAsync($"{New} -NoWait")).Succeeded().Of<ConvoxCertificate>());
        Assert.Equal((ConvoxCertificateStatus.Pending, "letsencrypt", 0), (requested.Status, requested.Issuer, requested.Version));
        session.PowerShell.Set("id", requested.Id);
        var repeated = Assert.Single((await session.RunAsync($"{New} -NoWait")).Succeeded().Of<ConvoxCertificate>());
        Assert.Equal(requested.Id, repeated.Id);
        while ((await session.RunAsync("Get-ConvoxCertificate $id")).Succeeded().Of<ConvoxCertificate>().Single().StatusReason?.StartsWith(
            "Waiting for DNS-01 challenge propagation", StringComparison.Ordinal) is not true)
        {
            await Task.Delay(20);
        }

        var untouched = Assert.Single((await session.RunAsync("Update-ConvoxCertificate")).Succeeded().Of<ConvoxRenewal>());
        Assert.Equal(ConvoxRenewalResult.Waiting, untouched.Result);
        Assert.StartsWith("cert-manager is issuing it: ", untouched.Reason, StringComparison.Ordinal);

        session.Player.Decide = _ => CertManagerPlan.Issue;
        var issued = Assert.Single((await session.RunAsync("Wait-ConvoxCertificate $id")).Succeeded().Of<ConvoxCertificate>());
        Assert.Equal((ConvoxCertificateStatus.Ready, 1), (issued.Status, issued.Version));
        Assert.Equal(
            ConvoxRenewalResult.NotDue,
            Assert.Single((await session.RunAsync("Update-ConvoxCertificate")).Succeeded().Of<ConvoxRenewal>()).Result);

        session.Player.Decide = _ => CertManagerPlan.WaitForApproval;
        Assert.Equal(
            ConvoxRenewalResult.Waiting,
            Assert.Single((await session.RunAsync("Update-ConvoxCertificate $id -Force -NoWait")).Succeeded().Of<ConvoxRenewal>()).Result);
        var renewing = Assert.Single((await session.RunAsync("Get-ConvoxCertificate")).Succeeded().Of<ConvoxCertificate>());
        Assert.Equal((ConvoxCertificateStatus.Ready, 1), (renewing.Status, renewing.Version));
        Assert.StartsWith("A renewal is in progress.", renewing.StatusReason, StringComparison.Ordinal);
        session.Player.Decide = _ => CertManagerPlan.Issue;
        Assert.Equal(2, Assert.Single((await session.RunAsync("Wait-ConvoxCertificate $id")).Succeeded().Of<ConvoxCertificate>()).Version);

        (await session.RunAsync("Remove-ConvoxCertificate $id -Confirm:$false")).Succeeded();
        await session.Player.SettleAsync(default);
        Assert.Empty((await session.RunAsync("Get-ConvoxCertificate")).Succeeded().Objects);
        Assert.Equal([$"{requested.Id}/1", $"{requested.Id}/2"], session.Player.Issued);
    }

    [Fact]
    public async Task A_known_fault_of_cert_manager_is_explained_with_the_other_engine()
    {
        await using var session = await ClusterSession.StartAsync(CertManagerPlan.HangAtCleanUp);
        var id = Assert.Single((await session.RunAsync($"{New} -NoWait")).Succeeded().Of<ConvoxCertificate>()).Id;
        session.PowerShell.Set("id", id);

        ConvoxCertificate pending;
        do
        {
            pending = (await session.RunAsync("Get-ConvoxCertificate $id")).Succeeded().Of<ConvoxCertificate>().Single();
        }
        while (pending.StatusReason?.Contains("cert-manager#7540", StringComparison.Ordinal) is not true);

        Assert.Equal(ConvoxCertificateStatus.Pending, pending.Status);
        Assert.EndsWith(
            $"To issue it without cert-manager, use Update-ConvoxCertificate {id} -Engine Acme -Force.",
            pending.StatusReason,
            StringComparison.Ordinal);
        var listed = (await session.RunAsync("Get-ConvoxCertificate")).Succeeded().Of<ConvoxCertificate>().Single();
        Assert.Equal(pending.StatusReason, listed.StatusReason);
        var error = Assert.Single((await session.RunAsync("Wait-ConvoxCertificate $id")).Errors);
        Assert.StartsWith("ConvoxSsl.IssuanceFailed,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("-Engine Acme", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        var renewal = (await session.RunAsync("Update-ConvoxCertificate")).Of<ConvoxRenewal>().Single();
        Assert.Equal(ConvoxRenewalResult.Failed, renewal.Result);
        Assert.Contains("cert-manager#7540", renewal.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_shows_its_cause_and_the_next_attempt_of_cert_manager()
    {
        await using var session = await ClusterSession.StartAsync(CertManagerPlan.RefuseChallenge);

        var run = await session.RunAsync($"{New} -Verbose");
        var error = Assert.Single(run.Errors);
        Assert.StartsWith("ConvoxSsl.IssuanceFailed", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("Invalid response from http://www.example.org", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("-Force", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains(run.Verbose, line => line.StartsWith("Requesting the certificate ", StringComparison.Ordinal));

        var failed = Assert.Single((await session.RunAsync("Get-ConvoxCertificate -Status Failed")).Succeeded().Of<ConvoxCertificate>());
        Assert.NotNull(failed.NextTry);
        Assert.Contains("The certificate request has failed to complete", failed.StatusReason, StringComparison.Ordinal);
        var held = Assert.Single((await session.RunAsync("Update-ConvoxCertificate")).Succeeded().Of<ConvoxRenewal>());
        Assert.Equal((ConvoxRenewalResult.Waiting, failed.NextTry), (held.Result, held.WaitsUntil));

        session.Player.Decide = _ => CertManagerPlan.Issue;
        var renewed = Assert.Single((await session.RunAsync("Update-ConvoxCertificate -Force")).Succeeded().Of<ConvoxRenewal>());
        Assert.Equal((ConvoxRenewalResult.Renewed, ConvoxCertificateStatus.Ready), (renewed.Result, renewed.Certificate!.Status));
    }

    [Fact]
    public async Task Restoring_a_version_detaches_the_certificate_from_cert_manager_with_a_warning()
    {
        await using var session = await ClusterSession.StartAsync(CertManagerPlan.Issue);
        var id = Assert.Single((await session.RunAsync(New)).Succeeded().Of<ConvoxCertificate>()).Id;
        session.PowerShell.Set("id", id);
        (await session.RunAsync("Update-ConvoxCertificate $id -Force")).Succeeded();

        var restored = (await session.RunAsync("Restore-ConvoxCertificate $id")).Succeeded();

        Assert.Contains(restored.Warnings, w => w.Contains($"cert-manager no longer renews {id}", StringComparison.Ordinal));
        Assert.Equal(1, Assert.Single(restored.Of<ConvoxCertificate>()).Version);
    }

    [Fact]
    public async Task Renewals_by_cert_manager_are_published_to_the_apps()
    {
        await using var session = await ClusterSession.StartAsync(CertManagerPlan.Issue);
        var id = Assert.Single((await session.RunAsync(New)).Succeeded().Of<ConvoxCertificate>()).Id;
        var app = await session.AddCopyAsync(id);
        (await session.RunAsync("Update-ConvoxCertificate")).Succeeded();
        var first = await session.ReadAsync(app, id);
        Assert.Equal(await session.ReadAsync(session.Namespace, id), first);

        await session.RenewInTheBackgroundAsync(id);
        (await session.RunAsync("Update-ConvoxCertificate")).Succeeded();

        var second = await session.ReadAsync(app, id);
        Assert.NotEqual(first, second);
        Assert.Equal(await session.ReadAsync(session.Namespace, id), second);
    }

    [Theory]
    [InlineData("New-ConvoxCertificate (1..11 | ForEach-Object { \"n$_.example.org\" }) -Issuer letsencrypt", "TooManyNames")]
    [InlineData(New + " -Profile shortlived", "NotDelegable")]
    [InlineData(New + " -Challenge Dns01", "NotDelegable")]
    [InlineData("New-ConvoxCertificate 192.0.2.1 -Issuer letsencrypt", "NotDelegable")]
    [InlineData("New-ConvoxCertificate www.example.org -Engine CertManager", "IssuerNeeded")]
    [InlineData("New-ConvoxCertificate www.example.org -Engine CertManager -Issuer no-such-issuer", "NoController")]
    [InlineData("New-ConvoxCertificate www.example.org -NoWait", "NoWaitNotPossible")]
    [InlineData(New + " -Engine Acme -NoWait", "NoWaitNotPossible")]
    [InlineData(New + " -Engine CertManager -Rack $local", "NoController")]
    public async Task Impossible_requests_are_one_error_before_anything_is_written(string script, string code)
    {
        await using var session = await ClusterSession.StartAsync(CertManagerPlan.Issue);

        var run = await session.RunAsync(script);

        var error = Assert.Single(run.Errors);
        Assert.StartsWith($"ConvoxSsl.{code}", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(run.Objects);
        await session.Player.SettleAsync(default);
        Assert.Empty(session.Player.Issued);
    }

    private sealed class ClusterSession : IAsyncDisposable
    {
        private readonly KubernetesTestServer _server;
        private readonly string _name;
        private bool _isConnected;

        private ClusterSession(KubernetesTestServer server, string name, CertManagerPlan plan)
        {
            (_server, _name) = (server, name);
            Player = new CertManagerSimulator(server.Admin, Namespace, _ => plan);
            server.WriteKubeConfig(PowerShell["config"]);
            PowerShell.Set("config", PowerShell["config"]);
            PowerShell.Set("name", name);
            PowerShell.Set("local", PowerShell["other-rack"]);
        }

        public HostedPowerShell PowerShell { get; } = new(connect: false);

        public CertManagerSimulator Player { get; }

        public string Namespace => $"{_name}-system";

        private Dictionary<string, string> Labels => new() { ["system"] = "convox", ["rack"] = _name };

        public static async Task<ClusterSession> StartAsync(CertManagerPlan plan)
        {
            var server = await KubernetesTestServers.CurrentAsync();
            var name = KubernetesTestServer.UniqueName("rack");
            var session = new ClusterSession(server, name, plan);
            await server.EnsureNamespaceAsync(session.Namespace, default, session.Labels);
            await session.EnsureIssuerAsync();
            return session;
        }

        public async Task<PowerShellResult> RunAsync(string script)
        {
            if (!_isConnected)
            {
                (await PowerShell.RunAsync("Connect-ConvoxRack -Name $name -KubeConfig $config", default)).Succeeded();
                _isConnected = true;
            }

            return await PowerShell.RunAsync(script, default);
        }

        public async Task<string> AddCopyAsync(string id)
        {
            var app = $"{_name}-shop";
            await _server.EnsureNamespaceAsync(app, default, new Dictionary<string, string>(Labels) { ["app"] = "shop", ["type"] = "app" });
            await _server.Admin.CreateAsync(
                new JsonObject
                {
                    ["apiVersion"] = "v1",
                    ["kind"] = "Secret",
                    ["metadata"] = new JsonObject { ["name"] = id, ["namespace"] = app },
                    ["type"] = "kubernetes.io/tls",
                    ["data"] = new JsonObject { ["tls.crt"] = string.Empty, ["tls.key"] = string.Empty },
                },
                default);
            return app;
        }

        public async Task<string> ReadAsync(string namespaceName, string id) =>
            (string)(await _server.Admin.GetAsync($"/api/v1/namespaces/{namespaceName}/secrets/{id}", default))["data"]!["tls.crt"]!;

        /// <summary>Renews as cert-manager does.</summary>
        public async Task RenewInTheBackgroundAsync(string id)
        {
            var path = $"/apis/cert-manager.io/v1/namespaces/{Namespace}/certificates/{id}";
            await _server.Admin.PatchAsync(
                $"{path}/status", JsonNode.Parse("""{"status":{"renewalTime":"2001-01-01T00:00:00Z"}}""")!, default);
            while ((int?)(await _server.Admin.GetAsync(path, default))["status"]!["revision"] != 2)
            {
                await Task.Delay(20);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await Player.DisposeAsync();
            PowerShell.Dispose();
        }

        private async Task EnsureIssuerAsync()
        {
            try
            {
                await _server.Admin.CreateAsync(
                    """
                    {"apiVersion":"cert-manager.io/v1","kind":"ClusterIssuer","metadata":{"name":"letsencrypt"},"spec":{"selfSigned":{}}}
                    """,
                    default);
            }
            catch (KubernetesApiException e) when (e.Reason == "AlreadyExists")
            {
            }
        }
    }
}
