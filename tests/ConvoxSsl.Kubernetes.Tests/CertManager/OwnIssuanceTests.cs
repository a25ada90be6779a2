using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Plans;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Acme;
using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Kubernetes.Tests.CertManager;

/// <summary>The module's own engine beside cert-manager, and on clusters without cert-manager or without access to it.</summary>
public sealed class OwnIssuanceTests : IDisposable
{
    private const string Name = "www.example.org";
    private static readonly string Id = DelegationFixture.Request(Name).Names.ToCertificateId();

    private readonly TemporaryDirectory _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_failed_order_of_the_modules_engine_keeps_cert_manager_and_a_successful_one_replaces_it()
    {
        await using var ca = await AcmeTestServer.StartAsync(new AcmeTestServerOptions { AcceptsAllChallenges = true }, default);

        // A server of its own, because DNS solvers of other tests would validate the names.
        await using var server = await ScriptedKubernetesServer.StartAsync(new ScriptedKubernetesOptions(), default);
        await using var fixture = await DelegationFixture.StartAsync(server);
        var engine = await fixture.OpenAsync();
        await engine.IssueAsync(DelegationFixture.Request(Name), default);
        Directory.CreateDirectory(_home["www"]);
        var request = DelegationFixture.Request(Name) with
        {
            Issuer = Issuer.Parse(ca.DirectoryUrl.AbsoluteUri),
            Settings = new IssuanceSettings { WebRoot = _home["www"] },
            Account = new AccountRequest { AcceptTermsOfService = true, CaCertificate = await File.ReadAllTextAsync(ca.RootFile) },
        };
        ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Problem(403, "rejectedIdentifier"));

        await Assert.ThrowsAsync<AcmeException>(() => engine.IssueAsync(request, default));
        Assert.NotNull(await fixture.CertificateAsync(Id));
        Assert.Equal(1, (await engine.Certificates.GetAsync(Id, default)).LiveVersion);

        var ownEntry = await engine.IssueAsync(request with { Force = true }, default);
        Assert.Equal((Id, 2, null), (ownEntry.Record.Id, ownEntry.LiveVersion, ownEntry.Record.Settings!.Controller));
        Assert.Null(await fixture.CertificateAsync(Id));
        await fixture.Player.SettleAsync(default);
        Assert.Equal(ownEntry.Live.SerialNumber, (await engine.Certificates.GetAsync(Id, default)).Live.SerialNumber);
        Assert.Single(fixture.Player.Issued);
    }

    [Fact]
    public async Task Without_cert_manager_the_modules_engine_issues()
    {
        await using var server = await ScriptedKubernetesServer.StartAsync(
            new ScriptedKubernetesOptions { CertManager = CertManagerVersion.None }, default);
        using var home = await Racks.TestRack.CreateAsync(server);
        var rack = home.Open();
        await using var solvers = new Engine.Challenges.ChallengeSolvers();
        using var engine = new IssuanceEngine(rack, solvers, TimeProvider.System, new Progress<IssuanceEvent>());

        Assert.NotEqual(IssuanceMethod.Delegated, (await engine.Planner.PlanAsync(DelegationFixture.Request(Name), default)).Method);
        var error = await Assert.ThrowsAsync<InvalidInputException>(
            () => engine.Planner.PlanAsync(DelegationFixture.Request(Name) with { Route = IssuanceRoute.Controller }, default));
        Assert.Equal("NoController", error.Code);
        Assert.Equal("NoController", error.Remedy!.Key);
        Assert.Null(await rack.Controller!.FindAsync(Id, default));
        Assert.False(await rack.Controller.ReleaseAsync(Id, default));
        await foreach (var unready in rack.Controller.ListUnreadyAsync(default))
        {
            Assert.Fail(unready.Certificate.Id);
        }
    }

    [Fact]
    public async Task An_identity_that_cannot_read_issuers_can_still_use_letsencrypt()
    {
        var server = await KubernetesTestServers.CurrentAsync();
        await using var fixture = await DelegationFixture.StartAsync(server);
        var user = server.AddUser();
        await server.GrantAsync(
            user,
            fixture.Home.Namespace,
            default,
            new RbacRule("", "secrets", "get,list,create,patch,delete"),
            new RbacRule("coordination.k8s.io", "leases", "get,create,patch,delete"),
            new RbacRule("cert-manager.io", "certificates", "get,list,create,patch,delete"),
            new RbacRule("cert-manager.io", "certificates/status", "patch"),
            new RbacRule("cert-manager.io", "certificaterequests", "list"),
            new RbacRule("acme.cert-manager.io", "orders", "list"),
            new RbacRule("acme.cert-manager.io", "challenges", "list"));
        var rack = fixture.Home.Open(token: user.Token);

        Assert.True(await rack.Controller!.IssuesAsync("letsencrypt", default));
        Assert.Equal(
            "ClusterForbidden", (await Assert.ThrowsAsync<EngineException>(() => rack.Controller.IssuesAsync("another", default))).Code);
        var certificate = DelegationFixture.Request(Name).ToRecordOf(Id);
        await rack.Controller.StartAsync(certificate, 0, default);
        while (await rack.Controller.FindAsync(Id, default) is not { Phase: ControlledPhase.Ready })
        {
            await Task.Delay(20);
        }

        Assert.Equal(
            1, (await rack.Controller.AdoptAsync(
                certificate, DateTimeOffset.UtcNow, CertificateLifetime.GetRenewalTime, 3, default)).LiveVersion);
        await rack.Controller.StartAsync(certificate, 1, default);
        while (fixture.Player.Issued.Count < 2)
        {
            await Task.Delay(20);
        }

        Assert.True(await rack.Controller.ReleaseAsync(Id, default));
    }
}

internal static class RequestRecords
{
    /// <summary>A request for cert-manager.</summary>
    public static CertificateRecord ToRecordOf(this IssueRequest request, string id) => new()
    {
        Id = id,
        Domains = [.. request.Names.Select(n => n.Value)],
        Issuer = request.Issuer.Name,
        Generated = true,
        Settings = request.Settings with { Controller = "cert-manager" },
    };
}
