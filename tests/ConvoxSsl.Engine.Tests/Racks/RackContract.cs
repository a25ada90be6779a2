using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Providers.Cloudflare;
using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Tests.Racks;

/// <summary>The contract of all kinds of racks; each kind has a derived test class.</summary>
public abstract class RackContract
{
    protected static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Uri Ca = new("https://ca.example/directory");

    protected abstract IRack Rack { get; }

    [Fact]
    public async Task An_empty_rack_has_nothing()
    {
        Assert.Empty(await Rack.Certificates.ListAsync(null, default).ToListAsync());
        Assert.Empty(await Rack.Accounts.ListAsync(null, default).ToListAsync());
        Assert.Empty(await Rack.Orders.ListAsync(null, default).ToListAsync());
        Assert.Null(await Rack.Certificates.FindAsync("cert-none", default));
        Assert.Null(await Rack.Accounts.FindAsync(Ca, default));
        Assert.Null(await Rack.Orders.FindAsync("cert-none", default));
        await Rack.Certificates.RemoveAsync("cert-none", default);
        await Rack.Accounts.RemoveAsync(Ca, default);
        await Rack.Orders.RemoveAsync("cert-none", default);
    }

    [Fact]
    public async Task A_version_is_read_as_it_was_stored()
    {
        using var material = Material("www.example.org");
        var added = await AddAsync("cert-a", material);
        var found = await Rack.Certificates.FindAsync("cert-a", default);

        Assert.Equivalent(added, found, strict: true);
        Assert.Equal(1, found!.LiveVersion);
        Assert.Equal(material.Chain.Leaf.SerialNumber, found.Live.SerialNumber);
        Assert.Equal(material.Chain.Leaf.NotAfter.ToUniversalTime(), found.Live.Expires);
        Assert.Equal(TimeSpan.Zero, found.Live.Expires.Offset);
        Assert.Equal("EcdsaP256", found.Live.KeyAlgorithm);
        using var read = await Rack.Certificates.ReadAsync("cert-a", 1, default);
        Assert.Equal(material.Chain.FullPem(), read.Chain.FullPem());
        Assert.Equal(material.Key!.ToPem(), read.Key!.ToPem());
    }

    [Fact]
    public async Task Settings_are_preserved()
    {
        var settings = new IssuanceSettings
        {
            DirectoryUrl =
                Ca, KeyAlgorithm =
                    KeyAlgorithm.Rsa3072, Duration =
                        TimeSpan.FromDays(6), Profile = "shortlived", EmptySubject = true, PreferredChain = "Root X",
            ChallengeType =
                "http-01", HttpPort = 8080, HttpAddress = "::1", TlsPort = 8443, WebRoot = "/srv", SigningRequest = "PEM", ReuseKey = true,
        };
        using var material = Material("www.example.org");
        await Rack.PrepareAsync(default);
        await Rack.Certificates.AddVersionAsync(
            Record("cert-a") with { Settings = settings, Generated = true },
            material,
            Now,
            Now,
            3,
            default);

        Assert.Equal(settings, (await Rack.Certificates.FindAsync("cert-a", default))!.Record.Settings);
    }

    [Fact]
    public async Task The_newest_version_is_live_and_the_oldest_are_removed()
    {
        for (var i = 1; i <= 5; i++)
        {
            using var material = Material("www.example.org");
            var entry = await AddAsync("cert-a", material, keep: 3);
            Assert.Equal(i, entry.LiveVersion);
        }

        var found = await Rack.Certificates.FindAsync("cert-a", default);
        Assert.Equal([3, 4, 5], found!.Versions.Select(v => v.Number));
        await Assert.ThrowsAsync<EngineException>(() => Rack.Certificates.ReadAsync("cert-a", 2, default));
    }

    [Fact]
    public async Task An_older_version_can_be_made_live_and_numbering_continues()
    {
        using var first = Material("www.example.org");
        using var second = Material("www.example.org");
        using var third = Material("www.example.org");
        await AddAsync("cert-a", first);
        await AddAsync("cert-a", second);
        Assert.Equal(1, (await Rack.Certificates.SwitchAsync("cert-a", 1, default)).LiveVersion);
        Assert.Equal(first.Chain.Leaf.SerialNumber, (await Rack.Certificates.FindAsync("cert-a", default))!.Live.SerialNumber);

        Assert.Equal(3, (await AddAsync("cert-a", third)).LiveVersion);
        var none = await Assert.ThrowsAsync<EngineException>(() => Rack.Certificates.SwitchAsync("cert-a", 9, default));
        Assert.Equal("CertificateNotFound", none.Code);
    }

    [Fact]
    public async Task Metadata_is_updated_without_changing_the_live_version()
    {
        using var material = Material("www.example.org");
        var entry = await AddAsync("cert-a", material);
        await Rack.Certificates.UpdateAsync(
            entry with { Versions = [entry.Live with { Revoked = Now, RevocationReason = "Superseded" }] }, default);

        var found = await Rack.Certificates.FindAsync("cert-a", default);
        Assert.Equal(Now, found!.Live.Revoked);
        Assert.Equal("Superseded", found.Live.RevocationReason);
    }

    [Fact]
    public async Task Certificates_are_listed_by_id_and_removed()
    {
        foreach (var id in new[] { "cert-b", "cert-a", "cert-c" })
        {
            using var material = Material("www.example.org");
            await AddAsync(id, material);
        }

        await Rack.Certificates.RemoveAsync("cert-b", default);
        var left = await Rack.Certificates.ListAsync(null, default).Select(e => e.Record.Id).ToListAsync();
        Assert.Equal(["cert-a", "cert-c"], left);
    }

    [Fact]
    public async Task A_certificate_is_found_by_its_names_in_any_order_and_by_its_origin()
    {
        var names = CertificateNameSet.Parse(["b.example.org", "a.example.org"]);
        await AddForAsync(names, generated: true);
        await AddForAsync(CertificateNameSet.Parse(["a.example.org"]), generated: true);
        var swapped = CertificateNameSet.Parse(["a.example.org", "b.example.org"]);

        Assert.Equal(
            [names.ToCertificateId()],
            (await Rack.Certificates.ListForAsync(swapped, generated: true, default).ToListAsync()).Select(c => c.Record.Id));
        Assert.Single(
            await Rack.Certificates.ListForAsync(CertificateNameSet.Parse(["a.example.org"]), generated: true, default).ToListAsync());
        Assert.Empty(await Rack.Certificates.ListForAsync(swapped, generated: false, default).ToListAsync());

        // Changes since the last search count too.
        await AddForAsync(swapped, generated: true);
        await Rack.Certificates.RemoveAsync(names.ToCertificateId(), default);
        Assert.Equal(
            [swapped.ToCertificateId()],
            (await Rack.Certificates.ListForAsync(names, generated: true, default).ToListAsync()).Select(c => c.Record.Id));
    }

    [Fact]
    public async Task An_order_is_found_by_its_names_in_any_order_but_not_a_dry_run()
    {
        await Rack.PrepareAsync(default);
        var names = CertificateNameSet.Parse(["b.example.org", "a.example.org"]);
        var swapped = CertificateNameSet.Parse(["a.example.org", "b.example.org"]);
        await BeginAsync(names.ToCertificateId(), names);
        await BeginAsync("cert-trial", names, isDryRun: true);

        Assert.Equal(
            [names.ToCertificateId()], (await Rack.Orders.ListForAsync(swapped, default).ToListAsync()).Select(o => o.Certificate.Id));
        Assert.Empty(await Rack.Orders.ListForAsync(CertificateNameSet.Parse(["a.example.org"]), default).ToListAsync());
        await Rack.Orders.RemoveAsync(names.ToCertificateId(), default);
        await BeginAsync(swapped.ToCertificateId(), swapped);
        Assert.Equal(
            [swapped.ToCertificateId()], (await Rack.Orders.ListForAsync(names, default).ToListAsync()).Select(o => o.Certificate.Id));
    }

    [Fact]
    public async Task A_certificate_for_the_users_own_request_has_no_key()
    {
        using var material = Material("www.example.org");
        await AddAsync("cert-a", material with { Key = null });
        using var read = await Rack.Certificates.ReadAsync("cert-a", 1, default);
        Assert.Null(read.Key);
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("a..b")]
    [InlineData("a\nb")]
    [InlineData("a b")]
    public async Task An_id_that_could_be_another_path_is_refused(string id)
    {
        var refused = await Assert.ThrowsAsync<InvalidInputException>(() => Rack.Certificates.FindAsync(id, default));
        Assert.Equal("InvalidCertificateId", refused.Code);
        await Assert.ThrowsAsync<InvalidInputException>(() => Rack.Certificates.RemoveAsync(id, default));
        await Assert.ThrowsAsync<InvalidInputException>(() => Rack.Orders.RemoveAsync(id, default));
    }

    [Fact]
    public async Task An_account_is_read_as_it_was_stored()
    {
        await Rack.PrepareAsync(default);
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        var account = new AccountRecord
        {
            DirectoryUrl = Ca,
            Contact = ["mailto:a@example.org"],
            TermsOfServiceAgreed = true,
            CaCertificate = "PEM",
            Created = Now,
        };
        await Rack.Accounts.SaveAsync(account, key, default);
        await Rack.Accounts.UpdateAsync(account with { Url = new Uri("https://ca.example/acct/1") }, default);

        Assert.Equivalent(
            account with { Url = new Uri("https://ca.example/acct/1") }, await Rack.Accounts.FindAsync(Ca, default), strict: true);
        using var read = await Rack.Accounts.ReadKeyAsync(Ca, default);
        Assert.Equal(key.ToPem(), read.ToPem());
        Assert.Single(await Rack.Accounts.ListAsync(null, default).ToListAsync());
        await Rack.Accounts.RemoveAsync(Ca, default);
        Assert.Null(await Rack.Accounts.FindAsync(Ca, default));
        await Assert.ThrowsAsync<EngineException>(() => Rack.Accounts.ReadKeyAsync(Ca, default));
    }

    [Fact]
    public async Task The_next_key_is_stored_beside_the_key_until_it_replaces_it()
    {
        await Rack.PrepareAsync(default);
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        using var next = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        await Rack.Accounts.SaveAsync(new AccountRecord { DirectoryUrl = Ca, Created = Now }, key, default);
        Assert.Null(await Rack.Accounts.ReadNextKeyAsync(Ca, default));

        await Rack.Accounts.SaveNextKeyAsync(Ca, next, default);
        Assert.Equal(key.ToPem(), (await Rack.Accounts.ReadKeyAsync(Ca, default)).ToPem());
        Assert.Equal(next.ToPem(), (await Rack.Accounts.ReadNextKeyAsync(Ca, default))!.ToPem());

        await Rack.Accounts.PromoteNextKeyAsync(Ca, default);
        Assert.Equal(next.ToPem(), (await Rack.Accounts.ReadKeyAsync(Ca, default)).ToPem());
        Assert.Null(await Rack.Accounts.ReadNextKeyAsync(Ca, default));
        await Rack.Accounts.DropNextKeyAsync(Ca, default);
    }

    [Fact]
    public async Task An_order_is_read_as_it_was_stored_and_removed_with_its_key()
    {
        await Rack.PrepareAsync(default);
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        var order = new OrderRecord { Certificate = Record("cert-a"), Started = Now, AccountUrl = new Uri("https://ca.example/acct/1") };
        await Rack.Orders.CreateAsync(order, key, default);
        order = order with
        {
            OrderUrl = new Uri("https://ca.example/order/1"), Replaces = "a.b", WaitsFor = "the owner",
            Published = [new KeyAuthorization("http-01", "www.example.org", "token", "token.thumbprint") { Location = "there" }],
        };
        await Rack.Orders.SaveAsync(order, default);

        Assert.Equivalent(order, await Rack.Orders.FindAsync("cert-a", default), strict: true);
        Assert.Equal(key.ToPem(), (await Rack.Orders.ReadKeyAsync("cert-a", default))!.ToPem());
        Assert.Single(await Rack.Orders.ListAsync(null, default).ToListAsync());
        await Rack.Orders.RemoveAsync("cert-a", default);
        Assert.Null(await Rack.Orders.FindAsync("cert-a", default));
        Assert.Null(await Rack.Orders.ReadKeyAsync("cert-a", default));
    }

    [Fact]
    public async Task Solvers_are_listed_by_id_and_their_credentials_are_stored_separately()
    {
        var cloudflare = new DnsSolver
        {
            Id = 7,
            DnsZones = ["example.org", "example.net"],
            Settings = new CloudflareSettings { Email = "you@example.org" },
        };
        var route53 = new DnsSolver
        {
            Id = 2,
            DnsZones = ["example.com"],
            Settings = new Route53Settings
            {
                HostedZoneId = "Z1",
                Region = "eu-west-1",
                Role = "arn:aws:iam::1:role/dns",
                ExternalId = "x",
                ProfileName = "p",
            },
        };
        await Rack.PrepareAsync(default);
        await Rack.DnsSolvers.SaveAsync(cloudflare, new DnsSecret("the key"), default);
        await Rack.DnsSolvers.SaveAsync(route53, null, default);

        var listed = await Rack.DnsSolvers.ListAsync(default);
        Assert.Equal([2, 7], listed.Select(s => s.Id));
        Assert.Equal(route53.Settings, listed[0].Settings);
        Assert.Equal((cloudflare.Settings, "example.org,example.net"), (listed[1].Settings, string.Join(',', listed[1].DnsZones)));
        Assert.Equal("the key", (await Rack.DnsSolvers.ReadSecretAsync(listed[1], default))!.Value);
        Assert.Null(await Rack.DnsSolvers.ReadSecretAsync(listed[0], default));
    }

    [Fact]
    public async Task A_solver_is_changed_with_or_without_its_credential_and_removed_with_it()
    {
        var solver = new DnsSolver { Id = 1, DnsZones = ["example.org"], Settings = new CloudflareSettings() };
        await Rack.PrepareAsync(default);
        await Rack.DnsSolvers.SaveAsync(solver, new DnsSecret("first"), default);
        await Rack.DnsSolvers.SaveAsync(solver with { DnsZones = ["example.net"] }, null, default);
        Assert.Equal(["example.net"], Assert.Single(await Rack.DnsSolvers.ListAsync(default)).DnsZones);
        Assert.Equal("first", (await Rack.DnsSolvers.ReadSecretAsync(solver, default))!.Value);

        await Rack.DnsSolvers.SaveAsync(solver, new DnsSecret("second"), default);
        Assert.Equal("second", (await Rack.DnsSolvers.ReadSecretAsync(solver, default))!.Value);

        await Rack.DnsSolvers.RemoveAsync(1, default);
        await Rack.DnsSolvers.RemoveAsync(1, default);
        Assert.Empty(await Rack.DnsSolvers.ListAsync(default));
        Assert.Null(await Rack.DnsSolvers.ReadSecretAsync(solver, default));
    }

    [Fact]
    public async Task A_credential_moved_to_a_vault_is_removed_from_the_rack_until_it_is_stored_again()
    {
        var stored = new DnsSolver { Id = 1, DnsZones = ["example.org"], Settings = new CloudflareSettings() };
        var elsewhere = stored with { VaultSecret = new VaultSecret("cloudflare", "Work") };
        await Rack.PrepareAsync(default);
        await Rack.DnsSolvers.SaveAsync(stored, new DnsSecret("first"), default);

        await Rack.DnsSolvers.SaveAsync(elsewhere, null, default);
        Assert.Equal(new VaultSecret("cloudflare", "Work"), Assert.Single(await Rack.DnsSolvers.ListAsync(default)).VaultSecret);
        Assert.Null(await Rack.DnsSolvers.ReadSecretAsync(stored, default));

        await Rack.DnsSolvers.SaveAsync(stored, new DnsSecret("second"), default);
        Assert.Null(Assert.Single(await Rack.DnsSolvers.ListAsync(default)).VaultSecret);
        Assert.Equal("second", (await Rack.DnsSolvers.ReadSecretAsync(stored, default))!.Value);
    }

    [Fact]
    public async Task Limit_records_are_read_as_they_were_stored()
    {
        await Rack.PrepareAsync(default);
        Assert.Equivalent(new LimitRecords(), await Rack.Limits.ReadAsync(default), strict: true);
        var records = new LimitRecords
        {
            Uses = [Use("example.org")],
            Refusals =
            [
                new LimitRefusal
                {
                    DirectoryUrl = Ca,
                    Limit = LimitKind.NewOrders,
                    Subject = "https://ca.example/acct/1",
                    Refused = Now,
                    Until = Now.AddHours(3),
                    Detail = "too many",
                },
                new LimitRefusal { DirectoryUrl = Ca, Subject = "a.example.org b.example.org", Refused = Now, Until = Now.AddDays(1) },
            ],
        };
        await Rack.Limits.UpdateAsync(_ => records, e => Assert.Fail(e.Message), default);

        Assert.Equivalent(records, await Rack.Limits.ReadAsync(default), strict: true);
    }

    [Fact]
    public async Task Concurrent_changes_of_the_limits_lose_nothing()
    {
        const int Tasks = 8;
        const int Changes = 10;
        await Rack.PrepareAsync(default);
        await Task.WhenAll(Enumerable.Range(0, Tasks).Select(task => Task.Run(async () =>
        {
            for (var i = 0; i < Changes; i++)
            {
                await Rack.Limits.UpdateAsync(r => r with { Uses = [.. r.Uses, Use($"{task}-{i}")] }, e => Assert.Fail(e.Message), default);
                await Rack.Limits.ReadAsync(default);
            }
        })));

        Assert.Equal(Tasks * Changes, (await Rack.Limits.ReadAsync(default)).Uses.Select(u => u.Subject).Distinct().Count());
    }

    [Fact]
    public async Task A_failed_change_leaves_the_limits_unchanged()
    {
        await Rack.PrepareAsync(default);
        await Rack.Limits.UpdateAsync(_ => new LimitRecords { Uses = [Use("example.org")] }, null, default);
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => Rack.Limits.UpdateAsync(_ => throw new InvalidOperationException(), null, default));
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Rack.Limits.UpdateAsync(_ => new LimitRecords(), null, stopped.Token));

        Assert.Single((await Rack.Limits.ReadAsync(default)).Uses);
    }

    [Fact]
    public async Task A_webhook_is_read_as_it_was_stored()
    {
        Assert.Null(await Rack.Webhooks.FindAsync(default));
        Assert.Null(await Rack.Webhooks.ReadSecretAsync(default));
        await Rack.Webhooks.RemoveAsync(default);

        await Rack.PrepareAsync(default);
        var secret = WebhookSecret.Generate();
        var webhook = new WebhookRecord
        {
            Url = new Uri("https://hooks.example/a/b?token=c"),
            Events = [NoticeKind.Failed, NoticeKind.Expiring],
            CaCertificate = "PEM",
            Created = Now,
        };
        await Rack.Webhooks.SaveAsync(webhook, secret, default);

        Assert.Equivalent(webhook, await Rack.Webhooks.FindAsync(default), strict: true);
        Assert.Equal(secret.Value, (await Rack.Webhooks.ReadSecretAsync(default))!.Value);
    }

    [Fact]
    public async Task A_webhook_is_changed_with_or_without_its_secret_and_removed_with_it()
    {
        var (first, second) = (WebhookSecret.Generate(), WebhookSecret.Generate());
        var webhook = new WebhookRecord { Url = new Uri("https://hooks.example/"), Events = [NoticeKind.Renewed], Created = Now };
        await Rack.PrepareAsync(default);
        await Rack.Webhooks.SaveAsync(webhook, first, default);
        await Rack.Webhooks.SaveAsync(webhook with { Events = [NoticeKind.Failed] }, null, default);
        Assert.Equal([NoticeKind.Failed], (await Rack.Webhooks.FindAsync(default))!.Events);
        Assert.Equal(first.Value, (await Rack.Webhooks.ReadSecretAsync(default))!.Value);

        await Rack.Webhooks.SaveAsync(webhook, second, default);
        Assert.Equal(second.Value, (await Rack.Webhooks.ReadSecretAsync(default))!.Value);

        await Rack.Webhooks.RemoveAsync(default);
        Assert.Null(await Rack.Webhooks.FindAsync(default));
        Assert.Null(await Rack.Webhooks.ReadSecretAsync(default));
    }

    [Fact]
    public async Task Only_one_holder_has_a_lock_and_others_are_notified_of_the_wait()
    {
        await Rack.PrepareAsync(default);
        var (inside, most, waits) = (0, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(async () =>
        {
            await using var held = await Rack.LockAsync("certificate/cert-a", () => Interlocked.Increment(ref waits), default);
            most = Math.Max(most, Interlocked.Increment(ref inside));
            await Task.Delay(20);
            Interlocked.Decrement(ref inside);
        })));

        Assert.Equal(1, most);
        Assert.InRange(waits, 1, 4);
    }

    [Fact]
    public async Task Locks_of_other_names_are_independent_and_a_wait_can_be_cancelled()
    {
        await Rack.PrepareAsync(default);
        await using var held = await Rack.LockAsync("certificate/cert-a", null, default);
        await using var other = await Rack.LockAsync("certificate/cert-b", () => Assert.Fail("Nobody holds it."), default);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Rack.LockAsync("certificate/cert-a", null, stop.Token));
    }

    private static LimitUse Use(string subject) => new()
    {
        DirectoryUrl = Ca, Limit = LimitKind.RegisteredDomain, Subject = subject, Used = Now, FullAgain = Now.AddMinutes(202),
    };

    protected async Task<CertificateEntry> AddAsync(string id, CertificateWithKey material, int keep = 3)
    {
        await Rack.PrepareAsync(default);
        return await Rack.Certificates.AddVersionAsync(Record(id), material, Now, Now.AddDays(60), keep, default);
    }

    protected static CertificateRecord Record(string id) => new() { Id = id, Domains = ["www.example.org"], Issuer = "self-signed" };

    private async Task AddForAsync(CertificateNameSet names, bool generated)
    {
        using var material = Material(names[0].Value);
        await Rack.PrepareAsync(default);
        var record = Record(names.ToCertificateId()) with
        {
            Domains = [.. names.Select(n => n.Value)],
            Generated = generated,
            Settings = new IssuanceSettings(),
        };
        await Rack.Certificates.AddVersionAsync(record, material, Now, Now, 3, default);
    }

    private Task BeginAsync(string id, CertificateNameSet names, bool isDryRun = false) => Rack.Orders.CreateAsync(
        new OrderRecord { Certificate = Record(id) with { Domains = [.. names.Select(n => n.Value)] }, Started = Now, IsDryRun = isDryRun },
        null,
        default);

    protected static CertificateWithKey Material(string name)
    {
        var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        return new CertificateWithKey(SelfSignedCertificate.Create(key, CertificateNameSet.Parse([name]), Now, TimeSpan.FromDays(90)), key);
    }
}
