using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.TestKit.Kubernetes.CertManager;

namespace ConvoxSsl.Kubernetes.Tests.CertManager;

/// <content>Existing certificates: restored, removed, imported, and those of Convox, apps and the module's own engine.</content>
public abstract partial class DelegationTests
{
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
        var created = (await world.CertificateAsync(Id))!;
        var spec = created["spec"]!;
        Assert.Equal(
            ("2160h0m0s", "700h", 4, "red"),
            (
                (string?)spec["duration"],
                (string?)spec["renewBefore"],
                (int?)spec["revisionHistoryLimit"],
                (string?)spec["secretTemplate"]!["labels"]!["team"]));
        Assert.Equal("kept", (string?)created["metadata"]!["annotations"]!["other"]);
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
        var error = await Assert.ThrowsAsync<InvalidInputException>(
            () => engine.RenewAsync(id, new RenewalRequest { Route = IssuanceRoute.Engine }, default));
        Assert.Equal("CertificateOfApp", error.Code);
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
        var record = new CertificateRecord
        {
            Id = Id,
            Domains = [Name],
            Issuer = "letsencrypt",
            Generated = true,
            Settings = new IssuanceSettings { ChallengeType = "http-01", WebRoot = "/srv" },
        };
        using var material = new CertificateWithKey(chain, key);
        await rack.Certificates.AddVersionAsync(record, material, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow, 3, default);

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

        var error = await Assert.ThrowsAsync<EngineException>(() => engine.IssueAsync(DelegationWorld.Request(Name), default));

        Assert.Equal("CertificateNameTaken", error.Code);
        Assert.Equal("another", (string?)(await world.CertificateAsync(Id))!["spec"]!["secretName"]);
    }
}
