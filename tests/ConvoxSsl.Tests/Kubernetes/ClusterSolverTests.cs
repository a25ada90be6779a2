using System.Text.Json.Nodes;
using ConvoxSsl.TestKit.Kubernetes;
using ConvoxSsl.TestKit.Kubernetes.CertManager;

namespace ConvoxSsl.Tests.Kubernetes;

/// <summary>Tests the solver cmdlets on a Kubernetes rack with cert-manager and Convox's ClusterIssuer.</summary>
public sealed class ClusterSolverTests : IAsyncLifetime
{
    private const string Issuer = "/apis/cert-manager.io/v1/clusterissuers/letsencrypt";
    private const string Role = "arn:aws:iam::123456789012:role/convox/production-cert-manager";

    private ScriptedKubernetesServer _server = null!;
    private ClusterSession _session = null!;

    public async Task InitializeAsync()
    {
        _server = await ScriptedKubernetesServer.StartAsync(new ScriptedKubernetesOptions(), default);
        await _server.EnsureNamespaceAsync("cert-manager", default);
        await _server.Admin.CreateAsync(
            """
            {"apiVersion":"cert-manager.io/v1","kind":"ClusterIssuer","metadata":{"name":"letsencrypt"},"spec":{"acme":{
              "server":"https://acme-v02.api.letsencrypt.org/directory","email":"ops@convox.com",
              "privateKeySecretRef":{"name":"letsencrypt"},
              "solvers":[{"http01":{"ingress":{"class":"nginx"}}}]}}}
            """,
            default);
        _session = await ClusterSession.StartAsync(_server);
    }

    public async Task DisposeAsync()
    {
        _session.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_detached_solver_is_shown_and_restored_without_its_token()
    {
        (await _session.RunConnectedAsync(
            "Add-ConvoxDnsSolver -Id 1 -DnsZone example.org -ApiToken abcdefghijklmnopqrstuvwxyz0123456789abcd")).Succeeded();
        Assert.Equal(2, (await SolversAsync()).Count);
        var attached = (await _session.RunAsync("Get-ConvoxDnsSolver")).Succeeded().Of<ConvoxDnsSolver>().Single();
        Assert.Equal((ConvoxDnsSolverStatus.Untested, "cloudflare-dns-credential-1"), (attached.Status, attached.Secret));

        // Simulate an upgrade of cert-manager by Convox: its namespace is empty, and the issuer is new.
        await _server.Admin.DeleteAsync("/api/v1/namespaces/cert-manager/secrets/letsencrypt-config", default);
        await _server.Admin.DeleteAsync("/api/v1/namespaces/cert-manager/secrets/cloudflare-dns-credential-1", default);
        await _server.Admin.PatchAsync(
            Issuer, JsonNode.Parse("""{"spec":{"acme":{"solvers":[{"http01":{"ingress":{"class":"nginx"}}}]}}}""")!, default);
        Assert.Equal(
            ConvoxDnsSolverStatus.Detached,
            (await _session.RunAsync("Get-ConvoxDnsSolver")).Succeeded().Of<ConvoxDnsSolver>().Single().Status);

        var mended = (await _session.RunAsync(
            "Get-ConvoxDnsSolver | Where-Object Status -eq 'Detached' | Set-ConvoxDnsSolver -PassThru")).Succeeded();
        Assert.Equal(ConvoxDnsSolverStatus.Untested, mended.Of<ConvoxDnsSolver>().Single().Status);
        Assert.Equal(2, (await SolversAsync()).Count);
        Assert.NotNull(
            (await _server.Admin.GetAsync(
                "/api/v1/namespaces/cert-manager/secrets/cloudflare-dns-credential-1", default))["data"]!["api-token"]);
    }

    [Fact]
    public async Task A_solver_with_a_token_in_a_vault_is_not_given_to_cert_manager_with_a_warning()
    {
        (await _session.RunConnectedAsync(
            "Add-ConvoxDnsSolver -Id 1 -DnsZone example.org -ApiToken abcdefghijklmnopqrstuvwxyz0123456789abcd")).Succeeded();

        var changed = (await _session.RunAsync("Set-ConvoxDnsSolver 1 -ApiTokenSecret cloudflare -Vault Work")).Succeeded();

        Assert.Contains("cannot read a vault", Assert.Single(changed.Warnings), StringComparison.Ordinal);
        var listed = (await _session.RunAsync("Get-ConvoxDnsSolver")).Succeeded().Of<ConvoxDnsSolver>().Single();
        Assert.Equal((ConvoxDnsSolverStatus.Detached, "cloudflare (in vault Work)"), (listed.Status, listed.Secret));
        Assert.Single(await SolversAsync());
        var attached = Assert.Single((await _session.RunAsync("Set-ConvoxDnsSolver 1")).Errors);
        Assert.StartsWith("ConvoxSsl.SolverNotSupported,", attached.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_of_cert_manager_that_cannot_use_Cloudflare_is_reported_and_the_modules_engine_is_the_default()
    {
        await InstalledCertManager.CreateAsync(_server.Admin, "quay.io/jetstack/cert-manager-controller:v1.10.2", "v1.10.3", default);

        var added = (await _session.RunConnectedAsync(
            "$null = Add-ConvoxDnsSolver -Id 1 -DnsZone example.org -ApiToken abcdefghijklmnopqrstuvwxyz0123456789abcd")).Succeeded();
        var changed = (await _session.RunAsync("Set-ConvoxDnsSolver 1 example.org, example.com")).Succeeded();

        foreach (var warning in new[] { Assert.Single(added.Warnings), Assert.Single(changed.Warnings) })
        {
            Assert.StartsWith("cert-manager v1.10.2 cannot remove TXT records at Cloudflare", warning, StringComparison.Ordinal);
            Assert.EndsWith("the module's own engine issues names of this solver by default.", warning, StringComparison.Ordinal);
        }

        // Without -NoWait, the module would contact the CA.
        var issued = await _session.RunAsync("New-ConvoxCertificate www.example.org -Issuer letsencrypt -NoWait -Verbose");
        Assert.StartsWith("ConvoxSsl.NoWaitNotPossible,", Assert.Single(issued.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(
            issued.Verbose,
            line => line.Contains("cert-manager#7540", StringComparison.Ordinal)
                && line.Contains("The module itself issues the certificate for www.example.org.", StringComparison.Ordinal));
        var delegated = (await _session.RunAsync("New-ConvoxCertificate www.example.net -Issuer letsencrypt -NoWait")).Succeeded();
        Assert.Equal(ConvoxCertificateStatus.Pending, delegated.Of<ConvoxCertificate>().Single().Status);
        var forced = (await _session.RunAsync(
            "New-ConvoxCertificate www.example.org -Issuer letsencrypt -Engine CertManager -NoWait")).Succeeded();
        Assert.Contains("cert-manager#7540", Assert.Single(forced.Warnings), StringComparison.Ordinal);

        // A renewal keeps the engine of the certificate, but not one that cannot issue it.
        _session.PowerShell.Set("id", forced.Of<ConvoxCertificate>().Single().Id);
        var renewed = await _session.RunAsync("$null = Update-ConvoxCertificate $id");
        Assert.StartsWith(
            "ConvoxSsl.TermsOfServiceNotAccepted,", Assert.Single(renewed.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.EndsWith(
            "The module itself renews the certificate for www.example.org from now on.",
            Assert.Single(renewed.Warnings),
            StringComparison.Ordinal);

        await _server.Admin.PatchAsync(
            InstalledCertManager.Deployment,
            JsonNode.Parse(
                """
                {"spec":{"template":{"spec":{"containers":[
                  {"name":"cert-manager-controller","image":"quay.io/jetstack/cert-manager-controller:v1.18.2"}]}}}}
                """)!,
            default);
        Assert.Empty((await _session.RunAsync("Set-ConvoxDnsSolver 1 example.org")).Succeeded().Warnings);
    }

    [Fact]
    public async Task The_role_of_cert_manager_is_returned_or_reported_missing()
    {
        var none = await _session.RunConnectedAsync("Get-ConvoxDnsRole");
        Assert.Equal("ConvoxSsl.NoDnsRole", none.Errors.Single().FullyQualifiedErrorId.Split(',')[0]);

        await _server.Admin.CreateAsync(
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "ServiceAccount",
                ["metadata"] = new JsonObject
                {
                    ["name"] = "cert-manager",
                    ["namespace"] = "cert-manager",
                    ["annotations"] = new JsonObject { ["eks.amazonaws.com/role-arn"] = Role },
                },
            },
            default);
        Assert.Equal(Role, (await _session.RunAsync("Get-ConvoxDnsRole")).Succeeded().Of<string>().Single());
    }

    [Fact]
    public async Task Concurrent_sessions_both_add_their_solvers()
    {
        using var other = await ClusterSession.StartAsync(_server, _session.Name);
        var runs = await Task.WhenAll(
            _session.RunConnectedAsync(
                "Add-ConvoxDnsSolver -Id 1 -DnsZone example.org -Role arn:aws:iam::123456789012:role/dns -Region eu-west-1"),
            other.RunConnectedAsync("Add-ConvoxDnsSolver -Id 2 -DnsZone example.net -ApiToken abcdefghijklmnopqrstuvwxyz0123456789abcd"));

        Assert.All(runs, run => run.Succeeded());
        Assert.Equal([1, 2], (await _session.RunAsync("Get-ConvoxDnsSolver")).Succeeded().Of<ConvoxDnsSolver>().Select(s => s.Id));
        Assert.Equal(3, (await SolversAsync()).Count);
    }

    private async Task<JsonArray> SolversAsync() => (await _server.Admin.GetAsync(Issuer, default))["spec"]!["acme"]!["solvers"]!.AsArray();
}
