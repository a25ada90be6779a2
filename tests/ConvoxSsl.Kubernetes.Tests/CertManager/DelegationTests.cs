using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Dns.Resolution;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.TestKit.Dns;
using ConvoxSsl.TestKit.Kubernetes;
using ConvoxSsl.TestKit.Kubernetes.CertManager;
using Microsoft.Extensions.Time.Testing;

namespace ConvoxSsl.Kubernetes.Tests.CertManager;

/// <summary>Issuance by a simulated cert-manager through the engine.</summary>
public abstract partial class DelegationTests(Func<Task<KubernetesTestServer>> start)
{
    private const string Name = "www.example.org";
    private static readonly string Id = DelegationFixture.Request(Name).Names.ToCertificateId();

    [Fact]
    public async Task A_certificate_is_requested_as_Convox_does_and_recorded()
    {
        await using var fixture = await DelegationFixture.StartAsync(await start());
        var engine = await fixture.OpenAsync();

        var entry = await engine.IssueAsync(DelegationFixture.Request(Name, "*.example.org"), default);

        var certificate = await fixture.CertificateAsync(entry.Record.Id);
        var spec = certificate!["spec"]!.AsObject();
        Assert.Equal(entry.Record.Id, (string?)spec["secretName"]);
        Assert.Equal([Name, "*.example.org"], spec["dnsNames"]!.AsArray().Select(n => (string?)n));
        Assert.Equal("""{"group":"cert-manager.io","kind":"ClusterIssuer","name":"letsencrypt"}""", spec["issuerRef"]!.ToJsonString());
        Assert.Equal(["digital signature", "key encipherment"], spec["usages"]!.AsArray().Select(n => (string?)n));
        Assert.Equal("4320h", (string?)spec["duration"]);
        Assert.True(
            JsonNode.DeepEquals(JsonNode.Parse("""{"rotationPolicy":"Always","algorithm":"ECDSA","size":256}"""), spec["privateKey"]));
        var labels = (await fixture.Home.FindSecretAsync(entry.Record.Id))!["metadata"]!["labels"]!;
        Assert.Equal(
            ("convox", "letsencrypt-certificate", fixture.Home.Scope.Name),
            ((string?)labels["system"], (string?)labels["type"], (string?)labels["rack"]));

        Assert.Equal(
            (1, "letsencrypt", "cert-manager", true),
            (entry.LiveVersion, entry.Record.Issuer, entry.Record.Settings!.Controller, entry.Record.Generated));
        Assert.Equal(
            DateTimeOffset.Parse((string)certificate["status"]!["renewalTime"]!, System.Globalization.CultureInfo.InvariantCulture),
            entry.Live.RenewAfter);
        Assert.Equal([$"{entry.Record.Id}/1"], fixture.Player.Issued);
        Assert.Null((await engine.Certificates.FindAsync(entry.Record.Id, default)).Controlled);
    }

    [BindFact]
    public async Task A_name_that_its_challenge_record_would_hide_causes_a_warning()
    {
        await using var dns = await BindServer.StartAsync("example.org", "router A 192.0.2.1\n* CNAME router\n", default);
        var resolver = new DnsResolverOptions
        {
            Servers = [new DnsServer("127.0.0.1", dns.Endpoint.Port)],
            LocateNameServer = _ => [dns.Endpoint],
        };
        await using var fixture = await DelegationFixture.StartAsync(await start(), resolver: resolver);
        var issuer = KubernetesTestServer.UniqueName("issuer");
        await fixture.Api.CreateAsync(
            """
            {"apiVersion":"cert-manager.io/v1","kind":"ClusterIssuer","metadata":{"name":"NAME"},"spec":{"acme":{
              "server":"https://acme.example.org/directory","privateKeySecretRef":{"name":"account"},"solvers":[
                {"http01":{"ingress":{"class":"nginx"}}},
                {"selector":{"dnsNames":["app.example.org","router.example.org"]},"dns01":{"route53":{"region":"eu-west-1"}}}]}}}
            """.Replace("NAME", issuer, StringComparison.Ordinal),
            default);
        var engine = await fixture.OpenAsync();

        await engine.IssueAsync(
            DelegationFixture.Request("app.example.org", "router.example.org", Name) with
            {
                Issuer = Issuer.ParseControlled(issuer),
                Route = IssuanceRoute.Controller,
            },
            default);

        // cert-manager validates the others over http-01, or they have records of their own.
        Assert.Contains(
            "the zone's wildcard record does not answer for 'app.example.org'", Assert.Single(fixture.Warnings), StringComparison.Ordinal);
        await fixture.Api.DeleteAsync($"/apis/cert-manager.io/v1/clusterissuers/{issuer}", default);
    }

    [Theory]
    [InlineData("Deny", "was denied: No policy approved this request")]
    [InlineData("RefuseRequest", "is invalid: The CSR PEM requests a commonName")]
    [InlineData("RefuseOrder", "errored: Failed to create Order: 429 urn:ietf:params:acme:error:rateLimited")]
    [InlineData("RefuseChallenge", "The challenge HTTP-01 for www.example.org is invalid: Error accepting authorization")]
    public async Task A_failure_is_reported_with_its_cause_and_blocks_until_the_next_attempt(string plan, string cause)
    {
        var failing = (CertManagerPlan)typeof(CertManagerPlan).GetProperty(plan)!.GetValue(null)!;
        await using var fixture = await DelegationFixture.StartAsync(await start(), failing);
        var engine = await fixture.OpenAsync();

        var error = await Assert.ThrowsAsync<EngineException>(() => engine.IssueAsync(DelegationFixture.Request(Name), default));

        Assert.Equal("IssuanceFailed", error.Code);
        Assert.Contains(cause, error.Message, StringComparison.Ordinal);
        Assert.InRange(error.RetryAt!.Value - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(61));
        var state = await engine.Certificates.FindAsync(Id, default);
        Assert.Equal(ControlledPhase.Failed, state.Controlled!.Phase);
        Assert.Equal(error.RetryAt, state.Failure!.NextTry);

        var tooSoon = await Assert.ThrowsAsync<EngineException>(() => engine.IssueAsync(DelegationFixture.Request(Name), default));
        Assert.Equal("RetryLater", tooSoon.Code);
        Assert.Contains(cause, tooSoon.Message, StringComparison.Ordinal);

        fixture.Player.Decide = _ => CertManagerPlan.Issue;
        var entry = await engine.IssueAsync(DelegationFixture.Request(Name) with { Force = true }, default);
        Assert.Equal(1, entry.LiveVersion);
        Assert.Single(fixture.Player.Issued);
    }

    [Fact]
    public async Task A_challenge_that_never_ends_because_of_a_known_fault_is_an_error_at_once()
    {
        await using var fixture = await DelegationFixture.StartAsync(await start(), CertManagerPlan.HangAtCleanUp);
        var engine = await fixture.OpenAsync();

        var error = await Assert.ThrowsAsync<EngineException>(() => engine.IssueAsync(DelegationFixture.Request(Name), default));

        Assert.Equal(("IssuanceFailed", "IssuanceFailed.Controller"), (error.Code, error.Remedy!.Key));
        Assert.Contains("Error: 7003: Could not route to", error.Message, StringComparison.Ordinal);
        Assert.Contains("identifier is invalid? (", error.Message, StringComparison.Ordinal);
        Assert.Contains("(cert-manager#7540). It is fixed in 1.12.16, 1.16.4, 1.17.1 and 1.18.0.", error.Message, StringComparison.Ordinal);
        var state = (await engine.Certificates.FindAsync(Id, default)).Controlled!;
        Assert.Equal((ControlledPhase.Issuing, true), (state.Phase, state.HasKnownFault));
    }

    [Fact]
    public async Task The_locks_of_a_killed_session_are_waited_for_at_once()
    {
        await using var fixture = await DelegationFixture.StartAsync(await start());
        var time = new FakeTimeProvider();
        var (engine, rack) = await fixture.OpenRackAsync(time: time);
        var plan = await engine.Planner.PlanAsync(DelegationFixture.Request(Name), default);
        var leases = $"/apis/coordination.k8s.io/v1/namespaces/{fixture.Home.Namespace}/leases";
        foreach (var name in new[] { $"names/{Id}", $"certificate/{Id}" })
        {
            await using var dying = await rack.LockAsync(name, null, default);
            var lease = (await fixture.Api.ListAsync(leases, default)).Single(l => (string?)l["spec"]!["holderIdentity"] != "other/1/x");
            await fixture.Api.PatchAsync(
                $"{leases}/{lease["metadata"]!["name"]}",
                new JsonObject { ["spec"] = new JsonObject { ["holderIdentity"] = "other/1/x", ["renewTime"] = null } },
                default);
        }

        var starting = engine.StartAsync(plan, default);
        while ((await fixture.Api.ListAsync(leases, default)).Count(l => (string?)l["spec"]!["holderIdentity"] == "other/1/x") == 2)
        {
            // Longer than the duration of a lease, so that one step suffices for all leases that are observed.
            time.Advance(TimeSpan.FromSeconds(20));
            await Task.Delay(50);
        }

        Assert.Equal(Id, (await starting).Record.Id);
        Assert.Single(fixture.Steps, step => step.StartsWith("Waiting for another process", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_waiting_the_certificate_is_pending_and_can_be_awaited_later()
    {
        await using var fixture = await DelegationFixture.StartAsync(await start(), CertManagerPlan.WaitForPropagation);
        var engine = await fixture.OpenAsync();

        var state = await engine.StartAsync(await engine.Planner.PlanAsync(DelegationFixture.Request(Name), default), default);
        Assert.Equal((Id, ControlledPhase.Issuing, null), (state.Record.Id, state.Controlled!.Phase, state.Entry));
        var listed = Assert.Single(await DelegationFixture.ListAsync(engine));
        Assert.Equal((Id, ControlledPhase.Issuing), (listed.Record.Id, listed.Controlled!.Phase));

        var waiting = (await fixture.OpenAsync()).WaitAsync(Id, new RenewalRequest(), default);
        while (!fixture.Steps.Any(s => s.Contains("Waiting for DNS-01 challenge propagation", StringComparison.Ordinal)))
        {
            await Task.Delay(20);
        }

        fixture.Player.Decide = _ => CertManagerPlan.Issue;
        Assert.Equal(1, (await waiting).LiveVersion);
        Assert.Null(Assert.Single(await DelegationFixture.ListAsync(engine)).Controlled);
        Assert.Single(fixture.Player.Issued);
    }

    [Fact]
    public async Task A_timeout_reports_the_last_message_of_cert_manager()
    {
        await using var fixture = await DelegationFixture.StartAsync(await start(), CertManagerPlan.Present);
        var engine = await fixture.OpenAsync();
        await engine.StartAsync(await engine.Planner.PlanAsync(DelegationFixture.Request(Name), default), default);
        while ((await engine.Certificates.FindAsync(Id, default)).Controlled?.Reason?.StartsWith(
            "Presented challenge HTTP-01 for www.example.org", StringComparison.Ordinal) is not true)
        {
            await Task.Delay(20);
        }

        var late = await Assert.ThrowsAsync<EngineException>(
            () => engine.IssueAsync(DelegationFixture.Request(Name) with { Timeout = TimeSpan.FromSeconds(5) }, default));

        Assert.Equal("OrderTimedOut", late.Code);
        Assert.Contains("Its last status: Presented challenge HTTP-01 for www.example.org.", late.Message, StringComparison.Ordinal);
        Assert.Equal("OrderTimedOut.Controller", late.Remedy!.Key);
        Assert.Equal(Id, late.Remedy.Arguments[0]);
        Assert.NotNull(late.RetryAt);

        var wait = new RenewalRequest { Timeout = TimeSpan.FromSeconds(2) };
        var unfinished = await Assert.ThrowsAsync<EngineException>(() => engine.WaitAsync(Id, wait, default));
        Assert.Equal("OrderTimedOut.Wait", unfinished.Remedy!.Key);
        Assert.Contains("cert-manager: Presented challenge HTTP-01 for www.example.org.", unfinished.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_renewal_adds_a_version_and_keeps_the_previous_one(bool reuseKey)
    {
        await using var fixture = await DelegationFixture.StartAsync(await start());
        var (engine, rack) = await fixture.OpenRackAsync();
        var first = await engine.IssueAsync(
            DelegationFixture.Request(Name) with { Settings = new IssuanceSettings { ReuseKey = reuseKey } }, default);

        var second = await engine.RenewAsync(Id, new RenewalRequest { Force = true, Timeout = TimeSpan.FromMinutes(2) }, default);

        Assert.Equal((2, 2), (second.LiveVersion, second.Versions.Count));
        Assert.NotEqual(first.Live.SerialNumber, second.Live.SerialNumber);
        Assert.Equal([$"{Id}/1", $"{Id}/2"], fixture.Player.Issued);
        using var before = await rack.Certificates.ReadAsync(Id, 1, default);
        using var after = await rack.Certificates.ReadAsync(Id, 2, default);
        Assert.Equal(reuseKey, before.Key!.IsSameAs(after.Key!));
        Assert.Equal(first.Live.SerialNumber, before.Chain.Leaf.SerialNumber);
    }

    [Fact]
    public async Task Concurrent_requests_share_one_certificate_and_one_revision()
    {
        await using var fixture = await DelegationFixture.StartAsync(await start());
        var engines = new[] { await fixture.OpenAsync(), await fixture.OpenAsync(), await fixture.OpenAsync() };

        var entries = await Task.WhenAll(
            engines[0].IssueAsync(DelegationFixture.Request("a.example.org", "b.example.org"), default),
            engines[1].IssueAsync(DelegationFixture.Request("b.example.org", "a.example.org"), default),
            engines[2].IssueAsync(DelegationFixture.Request("a.example.org", "b.example.org"), default));

        Assert.Single(entries.Select(e => (e.Record.Id, e.Live.SerialNumber, e.LiveVersion)).Distinct());
        await fixture.Player.SettleAsync(default);
        Assert.Single(fixture.Player.Issued);
        Assert.Single(await fixture.Api.ListAsync(fixture.CertificatesPath, default));
    }

    [Fact]
    public async Task The_next_session_waits_for_the_request_of_a_killed_one()
    {
        await using var fixture = await DelegationFixture.StartAsync(await start(), CertManagerPlan.WaitForPropagation);
        using var kill = new CancellationTokenSource();
        var killed = (await fixture.OpenAsync()).IssueAsync(DelegationFixture.Request(Name), kill.Token);
        while (!fixture.Steps.Any(s => s.Contains("propagation", StringComparison.Ordinal)))
        {
            await Task.Delay(20);
        }

        await kill.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => killed);

        fixture.Player.Decide = _ => CertManagerPlan.Issue;
        var entry = await (await fixture.OpenAsync()).IssueAsync(DelegationFixture.Request(Name), default);
        Assert.Equal(1, entry.LiveVersion);
        Assert.Equal([$"{Id}/1"], fixture.Player.Issued);
    }

    [Fact]
    public async Task Requests_that_cert_manager_does_not_support_are_refused_before_any_write()
    {
        await using var fixture = await DelegationFixture.StartAsync(await start());
        var engine = await fixture.OpenAsync();
        async Task<InvalidInputException> RefusedAsync(IssueRequest request) =>
            await Assert.ThrowsAsync<InvalidInputException>(() => engine.IssueAsync(request, default));

        var tooMany = await RefusedAsync(DelegationFixture.Request([.. Enumerable.Range(1, 11).Select(i => $"n{i}.example.org")]));
        Assert.Equal(("TooManyNames", 11), (tooMany.Code, tooMany.Value));
        Assert.Equal("TooManyNames", tooMany.Remedy!.Key);
        foreach (var (parameter, settings) in new (string, IssuanceSettings)[]
        {
            ("Profile", new() { Profile = "shortlived" }),
            ("Challenge", new() { ChallengeType = "dns-01" }),
            ("WebRoot", new() { WebRoot = "/srv/www" }),
            ("DnsServer", new() { DnsServers = "192.0.2.1" }),
            ("SkipPropagationCheck", new() { SkipPropagationCheck = true }),
        })
        {
            var error = await RefusedAsync(DelegationFixture.Request(Name) with { Settings = settings });
            Assert.Equal(("NotDelegable", parameter), (error.Code, error.Value));
            Assert.Equal(("NotDelegable.Setting", parameter), (error.Remedy!.Key, Assert.Single(error.Remedy.Arguments)));
        }

        Assert.Equal("NotDelegable", (await RefusedAsync(DelegationFixture.Request("192.0.2.7"))).Code);
        Assert.Equal(
            "InvalidDuration",
            (
                await RefusedAsync(
                    DelegationFixture.Request(Name) with
                    {
                        Settings = new IssuanceSettings { Duration = TimeSpan.FromMinutes(20) },
                    })).Code);
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        Assert.Equal("KeyPath", (await RefusedAsync(DelegationFixture.Request(Name) with { Key = key })).Value);
        Assert.Empty(await fixture.Api.ListAsync(fixture.CertificatesPath, default));
        Assert.Empty(await fixture.Home.SecretNamesAsync());
    }

    [Fact]
    public async Task A_ClusterIssuer_is_used_by_its_name_with_the_cert_manager_engine()
    {
        await using var fixture = await DelegationFixture.StartAsync(await start());
        var engine = await fixture.OpenAsync();
        var issuer = KubernetesTestServer.UniqueName("house-ca");
        await fixture.EnsureIssuerAsync(issuer);
        var request = DelegationFixture.Request(Name) with { Issuer = Issuer.ParseControlled(issuer), Route = IssuanceRoute.Controller };

        var entry = await engine.IssueAsync(request, default);
        Assert.Equal((issuer, true), (entry.Record.Issuer, entry.Record.Generated));
        Assert.Equal(2, (await engine.RenewAsync(Id, new RenewalRequest { Force = true }, default)).LiveVersion);

        var error = await Assert.ThrowsAsync<InvalidInputException>(
            () => engine.IssueAsync(request with { Issuer = Issuer.ParseControlled("no-such-ca") }, default));
        Assert.Equal("NoController", error.Code);
    }
}
