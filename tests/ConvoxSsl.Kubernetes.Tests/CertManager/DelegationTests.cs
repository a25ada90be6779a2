using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.TestKit.Kubernetes;
using ConvoxSsl.TestKit.Kubernetes.CertManager;

namespace ConvoxSsl.Kubernetes.Tests.CertManager;

/// <summary>Issuance by a simulated cert-manager through the engine.</summary>
public abstract class DelegationTests(Func<Task<KubernetesTestServer>> start)
{
    private const string Name = "www.example.org";
    private static readonly string Id = DelegationWorld.Request(Name).Names.ToCertificateId();

    [Fact]
    public async Task A_certificate_is_requested_as_Convox_does_and_recorded()
    {
        await using var world = await DelegationWorld.StartAsync(await start());
        var engine = await world.OpenAsync();

        var entry = await engine.IssueAsync(DelegationWorld.Request(Name, "*.example.org"), default);

        var certificate = await world.CertificateAsync(entry.Record.Id);
        var spec = certificate!["spec"]!.AsObject();
        Assert.Equal(entry.Record.Id, (string?)spec["secretName"]);
        Assert.Equal([Name, "*.example.org"], spec["dnsNames"]!.AsArray().Select(n => (string?)n));
        Assert.Equal("""{"group":"cert-manager.io","kind":"ClusterIssuer","name":"letsencrypt"}""", spec["issuerRef"]!.ToJsonString());
        Assert.Equal(["digital signature", "key encipherment"], spec["usages"]!.AsArray().Select(n => (string?)n));
        Assert.Equal("4320h", (string?)spec["duration"]);
        Assert.True(
            JsonNode.DeepEquals(JsonNode.Parse("""{"rotationPolicy":"Always","algorithm":"ECDSA","size":256}"""), spec["privateKey"]));
        var labels = (await world.Home.FindSecretAsync(entry.Record.Id))!["metadata"]!["labels"]!;
        Assert.Equal(
            ("convox", "letsencrypt-certificate", world.Home.Scope.Name),
            ((string?)labels["system"], (string?)labels["type"], (string?)labels["rack"]));

        Assert.Equal(
            (1, "letsencrypt", "cert-manager", true),
            (entry.LiveVersion, entry.Record.Issuer, entry.Record.Settings!.Controller, entry.Record.Generated));
        Assert.Equal(
            DateTimeOffset.Parse((string)certificate["status"]!["renewalTime"]!, System.Globalization.CultureInfo.InvariantCulture),
            entry.Live.RenewAfter);
        Assert.Equal([$"{entry.Record.Id}/1"], world.Player.Issued);
        Assert.Null((await engine.Certificates.FindAsync(entry.Record.Id, default)).Controlled);
    }

    [Theory]
    [InlineData("Deny", "was denied: No policy approved this request")]
    [InlineData("RefuseRequest", "is invalid: The CSR PEM requests a commonName")]
    [InlineData("RefuseOrder", "errored: Failed to create Order: 429 urn:ietf:params:acme:error:rateLimited")]
    [InlineData("RefuseChallenge", "The challenge HTTP-01 for www.example.org is invalid: Error accepting authorization")]
    public async Task A_failure_is_reported_with_its_cause_and_blocks_until_the_next_attempt(string plan, string cause)
    {
        var failing = (CertManagerPlan)typeof(CertManagerPlan).GetProperty(plan)!.GetValue(null)!;
        await using var world = await DelegationWorld.StartAsync(await start(), failing);
        var engine = await world.OpenAsync();

        var failed = await Assert.ThrowsAsync<EngineException>(() => engine.IssueAsync(DelegationWorld.Request(Name), default));

        Assert.Equal("IssuanceFailed", failed.Code);
        Assert.Contains(cause, failed.Message, StringComparison.Ordinal);
        Assert.InRange(failed.RetryAt!.Value - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(61));
        var state = await engine.Certificates.FindAsync(Id, default);
        Assert.Equal(ControlledPhase.Failed, state.Controlled!.Phase);
        Assert.Equal(failed.RetryAt, state.Failure!.NextTry);

        var tooSoon = await Assert.ThrowsAsync<EngineException>(() => engine.IssueAsync(DelegationWorld.Request(Name), default));
        Assert.Equal("RetryLater", tooSoon.Code);
        Assert.Contains(cause, tooSoon.Message, StringComparison.Ordinal);

        world.Player.Decide = _ => CertManagerPlan.Issue;
        var entry = await engine.IssueAsync(DelegationWorld.Request(Name) with { Force = true }, default);
        Assert.Equal(1, entry.LiveVersion);
        Assert.Single(world.Player.Issued);
    }

    [Fact]
    public async Task Without_waiting_the_certificate_is_pending_and_can_be_awaited_later()
    {
        await using var world = await DelegationWorld.StartAsync(await start(), CertManagerPlan.WaitForPropagation);
        var engine = await world.OpenAsync();

        var state = await engine.StartAsync(await engine.Planner.PlanAsync(DelegationWorld.Request(Name), default), default);
        Assert.Equal((Id, ControlledPhase.Issuing, null), (state.Record.Id, state.Controlled!.Phase, state.Entry));
        var listed = Assert.Single(await DelegationWorld.ListAsync(engine));
        Assert.Equal((Id, ControlledPhase.Issuing), (listed.Record.Id, listed.Controlled!.Phase));

        var waiting = (await world.OpenAsync()).WaitAsync(Id, new RenewalRequest(), default);
        while (!world.Steps.Any(s => s.Contains("Waiting for DNS-01 challenge propagation", StringComparison.Ordinal)))
        {
            await Task.Delay(20);
        }

        world.Player.Decide = _ => CertManagerPlan.Issue;
        Assert.Equal(1, (await waiting).LiveVersion);
        Assert.Null(Assert.Single(await DelegationWorld.ListAsync(engine)).Controlled);
        Assert.Single(world.Player.Issued);
    }

    [Fact]
    public async Task A_timeout_reports_the_last_message_of_cert_manager()
    {
        await using var world = await DelegationWorld.StartAsync(await start(), CertManagerPlan.Present);
        var engine = await world.OpenAsync();
        await engine.StartAsync(await engine.Planner.PlanAsync(DelegationWorld.Request(Name), default), default);
        while ((await engine.Certificates.FindAsync(Id, default)).Controlled?.Reason?.StartsWith(
            "Presented challenge HTTP-01 for www.example.org", StringComparison.Ordinal) is not true)
        {
            await Task.Delay(20);
        }

        var late = await Assert.ThrowsAsync<EngineException>(
            () => engine.IssueAsync(DelegationWorld.Request(Name) with { Timeout = TimeSpan.FromSeconds(5) }, default));

        Assert.Equal("OrderTimedOut", late.Code);
        Assert.Contains("Its last status: Presented challenge HTTP-01 for www.example.org.", late.Message, StringComparison.Ordinal);
        Assert.Equal("OrderTimedOut.Controller", late.Remedy!.Key);
        Assert.Equal(Id, late.Remedy.Arguments[0]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_renewal_adds_a_version_and_keeps_the_previous_one(bool reuseKey)
    {
        await using var world = await DelegationWorld.StartAsync(await start());
        var (engine, rack) = await world.OpenRackAsync();
        var first = await engine.IssueAsync(
            DelegationWorld.Request(Name) with { Settings = new IssuanceSettings { ReuseKey = reuseKey } }, default);

        var second = await engine.RenewAsync(Id, new RenewalRequest { Force = true, Timeout = TimeSpan.FromMinutes(2) }, default);

        Assert.Equal((2, 2), (second.LiveVersion, second.Versions.Count));
        Assert.NotEqual(first.Live.SerialNumber, second.Live.SerialNumber);
        Assert.Equal([$"{Id}/1", $"{Id}/2"], world.Player.Issued);
        using var before = await rack.Certificates.ReadAsync(Id, 1, default);
        using var after = await rack.Certificates.ReadAsync(Id, 2, default);
        Assert.Equal(reuseKey, before.Key!.IsSameAs(after.Key!));
        Assert.Equal(first.Live.SerialNumber, before.Chain.Leaf.SerialNumber);
    }

    [Fact]
    public async Task Concurrent_requests_share_one_certificate_and_one_revision()
    {
        await using var world = await DelegationWorld.StartAsync(await start());
        var engines = new[] { await world.OpenAsync(), await world.OpenAsync(), await world.OpenAsync() };

        var entries = await Task.WhenAll(
            engines[0].IssueAsync(DelegationWorld.Request("a.example.org", "b.example.org"), default),
            engines[1].IssueAsync(DelegationWorld.Request("b.example.org", "a.example.org"), default),
            engines[2].IssueAsync(DelegationWorld.Request("a.example.org", "b.example.org"), default));

        Assert.Single(entries.Select(e => (e.Record.Id, e.Live.SerialNumber, e.LiveVersion)).Distinct());
        await world.Player.SettleAsync(default);
        Assert.Single(world.Player.Issued);
        Assert.Single(await world.Api.ListAsync(world.CertificatesPath, default));
    }

    [Fact]
    public async Task The_next_session_waits_for_the_request_of_a_killed_one()
    {
        await using var world = await DelegationWorld.StartAsync(await start(), CertManagerPlan.WaitForPropagation);
        using var kill = new CancellationTokenSource();
        var killed = (await world.OpenAsync()).IssueAsync(DelegationWorld.Request(Name), kill.Token);
        while (!world.Steps.Any(s => s.Contains("propagation", StringComparison.Ordinal)))
        {
            await Task.Delay(20);
        }

        await kill.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => killed);

        world.Player.Decide = _ => CertManagerPlan.Issue;
        var entry = await (await world.OpenAsync()).IssueAsync(DelegationWorld.Request(Name), default);
        Assert.Equal(1, entry.LiveVersion);
        Assert.Equal([$"{Id}/1"], world.Player.Issued);
    }

    [Fact]
    public async Task A_restored_version_stays_live_until_the_next_renewal()
    {
        await using var world = await DelegationWorld.StartAsync(await start(), ownsSecrets: true);
        var engine = await world.OpenAsync();
        var first = await engine.IssueAsync(DelegationWorld.Request(Name), default);
        await engine.RenewAsync(Id, new RenewalRequest { Force = true }, default);

        var restored = await engine.Certificates.RestoreAsync(Id, null, default);

        Assert.Contains(
            world.Events,
            e => e.Text.StartsWith($"cert-manager no longer renews {Id}", StringComparison.Ordinal)
                && e.Remedy?.Key == "ControllerReleased");
        await world.Player.SettleAsync(default);
        Assert.Equal(
            (1, first.Live.SerialNumber), (restored.LiveVersion, (await engine.Certificates.GetAsync(Id, default)).Live.SerialNumber));
        Assert.Null(await world.CertificateAsync(Id));

        var renewed = await engine.RenewAsync(Id, new RenewalRequest { Force = true }, default);
        Assert.Equal((3, "cert-manager"), (renewed.LiveVersion, renewed.Record.Settings!.Controller));
        Assert.NotNull(await world.CertificateAsync(Id));
        Assert.Equal(3, world.Player.Issued.Count);
    }

    [Fact]
    public async Task A_removed_certificate_is_not_issued_again()
    {
        await using var world = await DelegationWorld.StartAsync(await start());
        var engine = await world.OpenAsync();
        await engine.IssueAsync(DelegationWorld.Request(Name), default);

        await engine.Certificates.RemoveAsync(Id, default);

        await world.Player.SettleAsync(default);
        Assert.Null(await world.CertificateAsync(Id));
        Assert.DoesNotContain(await world.Home.SecretNamesAsync(), n => n.Contains(Id, StringComparison.Ordinal));
        Assert.Single(world.Player.Issued);
    }

    [Fact]
    public async Task A_pending_certificate_can_be_removed()
    {
        await using var world = await DelegationWorld.StartAsync(await start(), CertManagerPlan.WaitForApproval);
        var engine = await world.OpenAsync();
        await engine.StartAsync(await engine.Planner.PlanAsync(DelegationWorld.Request(Name), default), default);

        await engine.Certificates.RemoveAsync(Id, default);

        world.Player.Decide = _ => CertManagerPlan.Issue;
        await world.Player.SettleAsync(default);
        Assert.Empty(await DelegationWorld.ListAsync(engine));
        Assert.Empty(world.Player.Issued);
    }

    [Fact]
    public async Task An_imported_certificate_that_replaces_a_delegated_one_is_kept()
    {
        await using var world = await DelegationWorld.StartAsync(await start(), ownsSecrets: true);
        var engine = await world.OpenAsync();
        await engine.IssueAsync(DelegationWorld.Request(Name), default);
        var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        var chain = SelfSignedCertificate.Create(key, CertificateNameSet.Parse([Name]), DateTimeOffset.UtcNow, TimeSpan.FromDays(9));
        var serial = chain.Leaf.SerialNumber;
        using var material = new CertificateWithKey(chain, key);

        var imported = await engine.Certificates.ImportAsync(material, Id, 3, default);

        await world.Player.SettleAsync(default);
        Assert.Equal(2, imported.LiveVersion);
        Assert.Equal(serial, (await engine.Certificates.GetAsync(Id, default)).Live.SerialNumber);
        Assert.Null(await world.CertificateAsync(Id));
    }

    [Fact]
    public async Task A_certificate_of_Convox_is_renewed_without_losing_a_field()
    {
        await using var world = await DelegationWorld.StartAsync(await start());
        var engine = await world.OpenAsync();
        await world.Api.CreateAsync(
            $$"""
            {"apiVersion":"cert-manager.io/v1","kind":"Certificate","metadata":{"name":"{{Id}}",
             "namespace":"{{world.Home.Namespace}}","annotations":{"other":"kept"} },
             "spec":{"issuerRef":{"group":"cert-manager.io","kind":"ClusterIssuer","name":"letsencrypt"},"dnsNames":["{{Name}}"],
              "secretName":"{{Id}}","duration":"2160h0m0s",
              "renewBefore":"700h","revisionHistoryLimit":4,"usages":["digital signature","key encipherment"],
               "secretTemplate":{"labels":{"system":"convox","type":"letsencrypt-certificate","team":"red"} } } }
            """,
            default);
        var first = await engine.WaitAsync(Id, new RenewalRequest(), default);
        Assert.Equal(("letsencrypt", TimeSpan.FromHours(2160)), (first.Record.Issuer, first.Record.Settings!.Duration));

        var second = await engine.RenewAsync(Id, new RenewalRequest { Force = true }, default);

        Assert.Equal((2, "Rsa2048"), (second.LiveVersion, second.Live.KeyAlgorithm));
        var made = (await world.CertificateAsync(Id))!;
        var spec = made["spec"]!;
        Assert.Equal(
            ("2160h0m0s", "700h", 4, "red"),
            (
                (string?)spec["duration"],
                (string?)spec["renewBefore"],
                (int?)spec["revisionHistoryLimit"],
                (string?)spec["secretTemplate"]!["labels"]!["team"]));
        Assert.Equal("kept", (string?)made["metadata"]!["annotations"]!["other"]);
    }

    [Fact]
    public async Task A_certificate_whose_secret_has_another_name_is_found_and_renewed()
    {
        await using var world = await DelegationWorld.StartAsync(await start(), CertManagerPlan.Nothing);
        var engine = await world.OpenAsync();
        await world.MakeAsync(world.Home.Namespace, "shop", "shop-tls", "shop.example.org");
        Assert.Equal("shop-tls", Assert.Single(await DelegationWorld.ListAsync(engine)).Record.Id);
        Assert.Equal(ControlledPhase.Issuing, (await engine.Certificates.FindAsync("shop-tls", default)).Controlled!.Phase);

        world.Player.Decide = _ => CertManagerPlan.Issue;
        Assert.Equal(1, (await engine.WaitAsync("shop-tls", new RenewalRequest(), default)).LiveVersion);
        Assert.Equal(2, (await engine.RenewAsync("shop-tls", new RenewalRequest { Force = true }, default)).LiveVersion);
        Assert.Equal(["shop/1", "shop/2"], world.Player.Issued);
        Assert.Single(await world.Api.ListAsync(world.CertificatesPath, default));
    }

    [Fact]
    public async Task An_apps_own_certificate_can_only_be_renewed()
    {
        await using var world = await DelegationWorld.StartAsync(await start());
        var engine = await world.OpenAsync();
        var app = await world.Home.AddAppAsync("shop");
        await world.MakeAsync(app, "cert-web-domains", "cert-web-domains", "shop.example.org");
        world.Play(app);
        var id = $"cert-web-domains@{app}";
        var path = $"/apis/cert-manager.io/v1/namespaces/{app}/certificates/cert-web-domains";
        while ((await world.Api.GetAsync(path, default))["status"]?["revision"] is null)
        {
            await Task.Delay(20);
        }

        var spec = (await world.Api.GetAsync(path, default))["spec"]!.ToJsonString();
        var first = await engine.Certificates.GetAsync(id, default);

        var renewed = await engine.RenewAsync(id, new RenewalRequest { Force = true }, default);

        Assert.NotEqual(first.Live.SerialNumber, renewed.Live.SerialNumber);
        var after = await world.Api.GetAsync(path, default);
        Assert.Equal((2, spec), ((int?)after["status"]!["revision"], after["spec"]!.ToJsonString()));
        Assert.Null(after["metadata"]!["annotations"]?["convoxssl/certificate"]);
        var refused = await Assert.ThrowsAsync<InvalidInputException>(
            () => engine.RenewAsync(id, new RenewalRequest { Route = IssuanceRoute.Engine }, default));
        Assert.Equal("CertificateOfApp", refused.Code);
        await Assert.ThrowsAsync<EngineException>(() => engine.Certificates.RemoveAsync(id, default));
        Assert.NotNull(await world.Api.FindAsync(path, default));
    }

    [Fact]
    public async Task A_certificate_of_the_modules_engine_can_move_to_cert_manager()
    {
        await using var world = await DelegationWorld.StartAsync(await start());
        var (engine, rack) = await world.OpenRackAsync();
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        using var chain = SelfSignedCertificate.Create(key, CertificateNameSet.Parse([Name]), DateTimeOffset.UtcNow, TimeSpan.FromDays(9));
        var own = new CertificateRecord
        {
            Id = Id,
            Domains = [Name],
            Issuer = "letsencrypt",
            Generated = true,
            Settings = new IssuanceSettings { ChallengeType = "http-01", WebRoot = "/srv" },
        };
        using var material = new CertificateWithKey(chain, key);
        await rack.Certificates.AddVersionAsync(own, material, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow, 3, default);

        var taken = await engine.RenewAsync(Id, new RenewalRequest { Route = IssuanceRoute.Controller }, default);

        Assert.Equal((2, "cert-manager", null), (taken.LiveVersion, taken.Record.Settings!.Controller, taken.Record.Settings.WebRoot));
        await world.Player.SettleAsync(default);
        Assert.Single(world.Player.Issued);
    }

    [Fact]
    public async Task A_taken_name_is_refused()
    {
        await using var world = await DelegationWorld.StartAsync(await start());
        var engine = await world.OpenAsync();
        await world.MakeAsync(world.Home.Namespace, Id, "another", "other.example.org");

        var refused = await Assert.ThrowsAsync<EngineException>(() => engine.IssueAsync(DelegationWorld.Request(Name), default));

        Assert.Equal("CertificateNameTaken", refused.Code);
        Assert.Equal("another", (string?)(await world.CertificateAsync(Id))!["spec"]!["secretName"]);
    }

    [Fact]
    public async Task Requests_that_cert_manager_does_not_support_are_refused_before_any_write()
    {
        await using var world = await DelegationWorld.StartAsync(await start());
        var engine = await world.OpenAsync();
        async Task<InvalidInputException> RefusedAsync(IssueRequest request) =>
            await Assert.ThrowsAsync<InvalidInputException>(() => engine.IssueAsync(request, default));

        var many = await RefusedAsync(DelegationWorld.Request([.. Enumerable.Range(1, 11).Select(i => $"n{i}.example.org")]));
        Assert.Equal(("TooManyNames", 11), (many.Code, many.Value));
        Assert.Equal("TooManyNames", many.Remedy!.Key);
        foreach (var (parameter, settings) in new (string, IssuanceSettings)[]
        {
            ("Profile", new() { Profile = "shortlived" }),
            ("Challenge", new() { ChallengeType = "dns-01" }),
            ("WebRoot", new() { WebRoot = "/srv/www" }),
            ("DnsServer", new() { DnsServers = "192.0.2.1" }),
            ("SkipPropagationCheck", new() { SkipPropagationCheck = true }),
        })
        {
            var refused = await RefusedAsync(DelegationWorld.Request(Name) with { Settings = settings });
            Assert.Equal(("NotDelegable", parameter), (refused.Code, refused.Value));
            Assert.Equal(("NotDelegable.Setting", parameter), (refused.Remedy!.Key, Assert.Single(refused.Remedy.Arguments)));
        }

        Assert.Equal("NotDelegable", (await RefusedAsync(DelegationWorld.Request("192.0.2.7"))).Code);
        Assert.Equal(
            "InvalidDuration",
            (
                await RefusedAsync(
                    DelegationWorld.Request(Name) with { Settings = new IssuanceSettings { Duration = TimeSpan.FromMinutes(20) } })).Code);
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        Assert.Equal("KeyPath", (await RefusedAsync(DelegationWorld.Request(Name) with { Key = key })).Value);
        Assert.Empty(await world.Api.ListAsync(world.CertificatesPath, default));
        Assert.Empty(await world.Home.SecretNamesAsync());
    }

    [Fact]
    public async Task A_ClusterIssuer_is_used_by_its_name_with_the_cert_manager_engine()
    {
        await using var world = await DelegationWorld.StartAsync(await start());
        var engine = await world.OpenAsync();
        var issuer = KubernetesTestServer.UniqueName("house-ca");
        await world.EnsureIssuerAsync(issuer);
        var request = DelegationWorld.Request(Name) with { Issuer = Issuer.ParseControlled(issuer), Route = IssuanceRoute.Controller };

        var entry = await engine.IssueAsync(request, default);
        Assert.Equal((issuer, true), (entry.Record.Issuer, entry.Record.Generated));
        Assert.Equal(2, (await engine.RenewAsync(Id, new RenewalRequest { Force = true }, default)).LiveVersion);

        var missing = await Assert.ThrowsAsync<InvalidInputException>(
            () => engine.IssueAsync(request with { Issuer = Issuer.ParseControlled("no-such-ca") }, default));
        Assert.Equal("NoController", missing.Code);
    }
}
