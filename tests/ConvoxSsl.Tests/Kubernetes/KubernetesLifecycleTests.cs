using ConvoxSsl.TestKit.Acme;
using ConvoxSsl.TestKit.Kubernetes;
using ConvoxSsl.Tests.Commands;

namespace ConvoxSsl.Tests.Kubernetes;

/// <summary>Tests the life of a certificate on a Kubernetes rack with the module's own engine and a scripted CA.</summary>
public abstract class KubernetesLifecycleTests(Func<Task<KubernetesTestServer>> start) : IAsyncLifetime
{
    private ClusterSession _session = null!;
    private AcmeTestServer _ca = null!;

    public async Task InitializeAsync()
    {
        _ca = await AcmeTestServer.StartAsync(new AcmeTestServerOptions { AcceptsAllChallenges = true }, default);
        _session = await ClusterSession.StartAsync(await start());
        Prepare(_session);
    }

    public async Task DisposeAsync()
    {
        _session.Dispose();
        await _ca.DisposeAsync();
    }

    [Fact]
    public async Task A_Kubernetes_rack_supports_the_whole_life_of_a_certificate()
    {
        var run = (await _session.RunConnectedAsync(
            $$"""
            $made = New-ConvoxCertificate www.example.org, example.org {{ScriptedCaSession.Issuing}}
            $made
            Update-ConvoxCertificate $made.Id -Force
            Get-ConvoxCertificate -Generated
            Restore-ConvoxCertificate $made.Id
            Export-ConvoxCertificate $made.Id -Path $folder
            Import-ConvoxCertificate "$folder/fullchain.pem" "$folder/privkey.pem"
            Revoke-ConvoxCertificate $made.Id -Reason Superseded -PassThru -Confirm:$false
            Get-ConvoxCertificate | Remove-ConvoxCertificate -Confirm:$false
            "$(@(Get-ConvoxCertificate).Count) left"
            """)).Succeeded();

        var shown = run.Of<ConvoxCertificate>();
        var (created, listed) = (shown[0], shown[1]);
        Assert.Equal(
            (ConvoxCertificateStatus.Ready, true, 1, _session.Name, _session.Namespace),
            (created.Status, created.Generated, created.Version, created.Rack, created.Namespace));
        Assert.Equal(ConvoxRenewalResult.Renewed, Assert.Single(run.Of<ConvoxRenewal>()).Result);
        Assert.Equal((created.Id, 2), (listed.Id, listed.Version));
        using (var x509 = listed.ReadCertificate()!)
        {
            Assert.Equal(listed.Thumbprint, x509.Thumbprint);
        }

        var imported = Assert.Single(shown, c => c.Issuer == "imported");
        Assert.StartsWith("cert-", imported.Id, StringComparison.Ordinal);
        Assert.Equal((created.Thumbprint, false), (imported.Thumbprint, imported.Generated));
        Assert.Equal(created.Thumbprint, Assert.Single(_ca.RevokedCertificates).Certificate.Thumbprint);
        Assert.Equal((created.Id, ConvoxCertificateStatus.Revoked), (shown[^1].Id, shown[^1].Status));
        Assert.Equal("0 left", run.Objects[^1].BaseObject);

        // Only the account remains, without locks.
        var left = (await _session.Server.Admin.ListAsync($"/api/v1/namespaces/{_session.Namespace}/secrets", default)).Select(s =>
            (string)s["metadata"]!["name"]!);
        Assert.DoesNotContain(
            left, name => name.Contains("cert-", StringComparison.Ordinal) || name.Contains("order", StringComparison.Ordinal));
        Assert.Single(left, name => name.StartsWith("convoxssl-account-", StringComparison.Ordinal));
        Assert.Empty(await _session.Server.Admin.ListAsync(
            $"/apis/coordination.k8s.io/v1/namespaces/{_session.Namespace}/leases", default));
    }

    [Fact]
    public async Task Concurrent_requests_for_the_same_certificate_place_one_order()
    {
        using var other = await ClusterSession.StartAsync(_session.Server, _session.Name);
        Prepare(other);
        var script = $"New-ConvoxCertificate one.example.org {ScriptedCaSession.Issuing}";
        var runs = await Task.WhenAll(_session.RunConnectedAsync(script), other.RunConnectedAsync(script));

        Assert.Single(runs.Select(r => r.Succeeded().Of<ConvoxCertificate>().Single().Thumbprint).Distinct());
        Assert.Single(_ca.Orders);
    }

    [Fact]
    public async Task A_failed_order_is_remembered_and_an_interrupted_one_resumes()
    {
        _ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).Problem(403, "unauthorized", "not today"));
        var script = $"New-ConvoxCertificate one.example.org {ScriptedCaSession.Issuing}";
        var failed = await _session.RunConnectedAsync(script);
        Assert.Equal("ConvoxSsl.AcmeProblem.unauthorized", failed.Errors.Single().FullyQualifiedErrorId.Split(',')[0]);

        var state = (await _session.RunAsync("Get-ConvoxCertificate")).Succeeded().Of<ConvoxCertificate>().Single();
        Assert.Equal(ConvoxCertificateStatus.Failed, state.Status);
        Assert.Contains("not today", state.StatusReason, StringComparison.Ordinal);
        Assert.Equal(
            ConvoxCertificateStatus.Ready,
            (await _session.RunAsync(script + " -Force")).Succeeded().Of<ConvoxCertificate>().Single().Status);
    }

    [Fact]
    public async Task Services_of_a_convox_yml_are_compared_with_the_rack_and_missing_certificates_issued()
    {
        await File.WriteAllTextAsync(
            _session.PowerShell["convox.yml"], "services:\n  web:\n    domain: web.example.org\n  api:\n    domain: api.example.org\n");
        var run = (await _session.RunConnectedAsync(
            $$"""
            $manifest = "$folder/../convox.yml"
            Get-ConvoxServiceCertificate $manifest
            Get-ConvoxServiceCertificate $manifest | Where-Object Status -eq 'Missing' | New-ConvoxCertificate {{ScriptedCaSession.Issuing}}
            Get-ConvoxServiceCertificate $manifest | Set-ConvoxServiceCertificate
            Get-ConvoxServiceCertificate $manifest
            """)).Succeeded();

        var services = run.Of<ConvoxServiceCertificate>();
        Assert.Equal(["Missing", "Missing", "Ready", "Ready"], services.Select(s => s.Status.ToString()));
        Assert.Equal(run.Of<ConvoxCertificate>().Select(c => c.Id).Order(), services.Skip(2).Select(s => s.CertificateId).Order());
    }

    private void Prepare(ClusterSession session)
    {
        Directory.CreateDirectory(session.PowerShell["www"]);
        Directory.CreateDirectory(session.PowerShell["exported"]);
        session.PowerShell.Set("directory", _ca.DirectoryUrl.AbsoluteUri);
        session.PowerShell.Set("root", _ca.RootFile);
        session.PowerShell.Set("webRoot", session.PowerShell["www"]);
        session.PowerShell.Set("folder", session.PowerShell["exported"]);
    }
}

/// <summary>Runs the tests on a real API server, if one is installed.</summary>
public sealed class CurrentKubernetesLifecycleTests() : KubernetesLifecycleTests(() => KubernetesTestServers.CurrentAsync());

/// <summary>Runs the tests on the scripted API server.</summary>
public sealed class ScriptedKubernetesLifecycleTests() : KubernetesLifecycleTests(() => KubernetesTestServers.ScriptedAsync());
