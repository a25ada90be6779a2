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
        await using var fixture = await DelegationFixture.StartAsync(await start(), ownsSecrets: true);
        var engine = await fixture.OpenAsync();
        var first = await engine.IssueAsync(DelegationFixture.Request(Name), default);
        await engine.RenewAsync(Id, new RenewalRequest { Force = true }, default);

        var restored = await engine.Certificates.RestoreAsync(Id, null, default);

        Assert.Contains(
            fixture.Events,
            e => e.Text.StartsWith($"cert-manager no longer renews {Id}", StringComparison.Ordinal)
                && e.Remedy?.Key == "ControllerReleased");
        await fixture.Player.SettleAsync(default);
        Assert.Equal(
            (1, first.Live.SerialNumber), (restored.LiveVersion, (await engine.Certificates.GetAsync(Id, default)).Live.SerialNumber));
        Assert.Null(await fixture.CertificateAsync(Id));

        var renewed = await engine.RenewAsync(Id, new RenewalRequest { Force = true }, default);
        Assert.Equal((3, "cert-manager"), (renewed.LiveVersion, renewed.Record.Settings!.Controller));
        Assert.NotNull(await fixture.CertificateAsync(Id));
        Assert.Equal(3, fixture.Player.Issued.Count);
    }

    [Fact]
    public async Task A_removed_certificate_is_not_issued_again()
    {
        await using var fixture = await DelegationFixture.StartAsync(await start());
        var engine = await fixture.OpenAsync();
        await engine.IssueAsync(DelegationFixture.Request(Name), default);

        await engine.Certificates.RemoveAsync(Id, default);

        await fixture.Player.SettleAsync(default);
        Assert.Null(await fixture.CertificateAsync(Id));
        Assert.DoesNotContain(await fixture.Home.SecretNamesAsync(), n => n.Contains(Id, StringComparison.Ordinal));
        Assert.Single(fixture.Player.Issued);
    }

    [Fact]
    public async Task A_pending_certificate_can_be_removed()
    {
        await using var fixture = await DelegationFixture.StartAsync(await start(), CertManagerPlan.WaitForApproval);
        var engine = await fixture.OpenAsync();
        await engine.StartAsync(await engine.Planner.PlanAsync(DelegationFixture.Request(Name), default), default);

        await engine.Certificates.RemoveAsync(Id, default);

        fixture.Player.Decide = _ => CertManagerPlan.Issue;
        await fixture.Player.SettleAsync(default);
        Assert.Empty(await DelegationFixture.ListAsync(engine));
        Assert.Empty(fixture.Player.Issued);
    }

    [Fact]
    public async Task An_imported_certificate_that_replaces_a_delegated_one_is_kept()
    {
        await using var fixture = await DelegationFixture.StartAsync(await start(), ownsSecrets: true);
        var engine = await fixture.OpenAsync();
        await engine.IssueAsync(DelegationFixture.Request(Name), default);
        var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        var chain = SelfSignedCertificate.Create(key, CertificateNameSet.Parse([Name]), DateTimeOffset.UtcNow, TimeSpan.FromDays(9));
        var serial = chain.Leaf.SerialNumber;
        using var material = new CertificateWithKey(chain, key);

        var imported = await engine.Certificates.ImportAsync(material, Id, 3, default);

        await fixture.Player.SettleAsync(default);
        Assert.Equal(2, imported.LiveVersion);
        Assert.Equal(serial, (await engine.Certificates.GetAsync(Id, default)).Live.SerialNumber);
        Assert.Null(await fixture.CertificateAsync(Id));
    }

    [Fact]
    public async Task A_certificate_of_Convox_is_renewed_without_losing_a_field()
    {
        await using var fixture = await DelegationFixture.StartAsync(await start());
        var engine = await fixture.OpenAsync();
        await fixture.Api.CreateAsync(
            $$"""
            {"apiVersion":"cert-manager.io/v1","kind":"Certificate","metadata":{"name":"{{Id}}",
             "namespace":"{{fixture.Home.Namespace}}","annotations":{"other":"kept"} },
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
        var created = (await fixture.CertificateAsync(Id))!;
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
        await using var fixture = await DelegationFixture.StartAsync(await start(), CertManagerPlan.Nothing);
        var engine = await fixture.OpenAsync();
        await fixture.MakeAsync(fixture.Home.Namespace, "shop", "shop-tls", "shop.example.org");
        Assert.Equal("shop-tls", Assert.Single(await DelegationFixture.ListAsync(engine)).Record.Id);
        Assert.Equal(ControlledPhase.Issuing, (await engine.Certificates.FindAsync("shop-tls", default)).Controlled!.Phase);

        fixture.Player.Decide = _ => CertManagerPlan.Issue;
        Assert.Equal(1, (await engine.WaitAsync("shop-tls", new RenewalRequest(), default)).LiveVersion);
        Assert.Equal(2, (await engine.RenewAsync("shop-tls", new RenewalRequest { Force = true }, default)).LiveVersion);
        Assert.Equal(["shop/1", "shop/2"], fixture.Player.Issued);
        Assert.Single(await fixture.Api.ListAsync(fixture.CertificatesPath, default));
    }

    [Fact]
    public async Task An_apps_own_certificate_can_only_be_renewed()
    {
        await using var fixture = await DelegationFixture.StartAsync(await start());
        var engine = await fixture.OpenAsync();
        var app = await fixture.Home.AddAppAsync("shop");
        await fixture.MakeAsync(app, "cert-web-domains", "cert-web-domains", "shop.example.org");
        fixture.Play(app);
        var id = $"cert-web-domains@{app}";
        var path = $"/apis/cert-manager.io/v1/namespaces/{app}/certificates/cert-web-domains";
        while ((await fixture.Api.GetAsync(path, default))["status"]?["revision"] is null)
        {
            await Task.Delay(20);
        }

        var spec = (await fixture.Api.GetAsync(path, default))["spec"]!.ToJsonString();
        var first = await engine.Certificates.GetAsync(id, default);

        var renewed = await engine.RenewAsync(id, new RenewalRequest { Force = true }, default);

        Assert.NotEqual(first.Live.SerialNumber, renewed.Live.SerialNumber);
        var after = await fixture.Api.GetAsync(path, default);
        Assert.Equal((2, spec), ((int?)after["status"]!["revision"], after["spec"]!.ToJsonString()));
        Assert.Null(after["metadata"]!["annotations"]?["convoxssl/certificate"]);
        var error = await Assert.ThrowsAsync<InvalidInputException>(
            () => engine.RenewAsync(id, new RenewalRequest { Route = IssuanceRoute.Engine }, default));
        Assert.Equal("CertificateOfApp", error.Code);
        await Assert.ThrowsAsync<EngineException>(() => engine.Certificates.RemoveAsync(id, default));
        Assert.NotNull(await fixture.Api.FindAsync(path, default));
    }

    [Fact]
    public async Task A_certificate_of_the_modules_engine_can_move_to_cert_manager()
    {
        await using var fixture = await DelegationFixture.StartAsync(await start());
        var (engine, rack) = await fixture.OpenRackAsync();
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
        await fixture.Player.SettleAsync(default);
        Assert.Single(fixture.Player.Issued);
    }

    [Fact]
    public async Task A_taken_name_is_refused()
    {
        await using var fixture = await DelegationFixture.StartAsync(await start());
        var engine = await fixture.OpenAsync();
        await fixture.MakeAsync(fixture.Home.Namespace, Id, "another", "other.example.org");

        var error = await Assert.ThrowsAsync<EngineException>(() => engine.IssueAsync(DelegationFixture.Request(Name), default));

        Assert.Equal("CertificateNameTaken", error.Code);
        Assert.Equal("another", (string?)(await fixture.CertificateAsync(Id))!["spec"]!["secretName"]);
    }
}
