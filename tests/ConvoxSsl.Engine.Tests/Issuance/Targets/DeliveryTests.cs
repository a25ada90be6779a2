using System.Runtime.Versioning;
using ConvoxSsl.Engine.Publishing.Targets;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.TestKit.Webhooks;

namespace ConvoxSsl.Engine.Tests.Issuance.Targets;

[UnsupportedOSPlatform("windows")]
public sealed class DeliveryTests : TargetTest
{
    [Fact]
    public async Task Each_new_version_is_delivered_once_and_the_server_reloaded()
    {
        await AddAsync();
        for (var version = 1; version <= 3; version++)
        {
            var outcome = Assert.Single(await DeliverAsync());
            Assert.Equal((true, null), (outcome.IsAttempted, outcome.FindError()));
            await AssertDeliveredAsync(Site);
            var delivery = Assert.Single((await Engine.Targets.GetAsync(1, default)).Deliveries);
            Assert.Equal((DeliveryStatus.Current, version), (delivery.Status, delivery.State!.Version));
            Assert.Empty(await DeliverAsync());
            Assert.Equal(version, Services.Reloads.Count);
            await ImportAsync(Id);
        }

        Assert.Contains(Events.All, e => e.Text == "nginx: output");
        await Engine.Certificates.RestoreAsync(Id, 2, default);
        Assert.Single(await DeliverAsync());
        await AssertDeliveredAsync(Site);
    }

    [Fact]
    public async Task A_failed_reload_is_remembered_and_retried_later()
    {
        await AddAsync();
        Services.Failure = "'systemctl reload-or-restart nginx' failed with exit code 1: bad config.";
        var error = Assert.Single(await DeliverAsync()).FindError()!;
        Assert.Equal((ErrorCode.NotDelivered, Clock.GetUtcNow().AddMinutes(1)), (error.Code, error.RetryAt));
        Assert.Contains("bad config", error.Message, StringComparison.Ordinal);

        // It counts as failed, but is not tried, until its time.
        var delayed = Assert.Single(await DeliverAsync());
        Assert.Equal((false, ErrorCode.NotDelivered), (delayed.IsAttempted, delayed.FindError()!.Code));
        Assert.Single(Services.Reloads);

        Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(Clock.GetUtcNow().AddMinutes(10), Assert.Single(await DeliverAsync()).FindError()!.RetryAt);

        // A new version is tried at once.
        await ImportAsync(Id);
        Services.Failure = null;
        Assert.Null(Assert.Single(await DeliverAsync()).FindError());
        Assert.Equal(DeliveryStatus.Current, (await Engine.Targets.GetAsync(1, default)).Status);
        await AssertDeliveredAsync(Site);
    }

    [Fact]
    public async Task A_failed_delivery_is_sent_to_the_webhook()
    {
        await using var receiver = await WebhookTestServer.StartAsync(default);
        var webhook = new WebhookRecord
        {
            Url = new Uri(receiver.Origin + "/hook"),
            Events = [NoticeKind.Failed],
            CaCertificate = await File.ReadAllTextAsync(receiver.RootFile),
            Created = Clock.GetUtcNow(),
        };
        await Rack.Webhooks.SaveAsync(webhook, WebhookSecret.Generate(), default);
        await AddAsync();
        Services.Failure = "'systemctl reload-or-restart nginx' failed with exit code 1: bad config.";
        using var engine = NewEngine(Machine);
        await DeliverAsync(engine);

        var message = Assert.Single(receiver.Messages).Document;
        Assert.Equal("target.failed", (string?)message["type"]);
        Assert.Equal(1, (int?)message["data"]!["target"]);
        Assert.Contains("bad config", message["data"]!.ToJsonString(), StringComparison.Ordinal);

        // A delayed attempt is not another failure.
        await DeliverAsync(engine);
        Assert.Single(receiver.Messages);
    }

    [Fact]
    public async Task A_revoked_certificate_is_delivered_only_if_there_is_no_valid_one()
    {
        var valid = await ImportAsync(null);
        Clock.Advance(TimeSpan.FromHours(1));
        var revoked = await ImportAsync(null);
        await Rack.Certificates.UpdateAsync(revoked.With(revoked.Live with { Revoked = Clock.GetUtcNow() }), default);
        await Engine.Certificates.RemoveAsync(Id, default);
        await AddAsync(target => target with { Certificate = null, Domain = "www.example.org" });

        Assert.Equal(valid.Record.Id, Assert.Single(await DeliverAsync()).Delivery.Certificate.Record.Id);
    }

    [Fact]
    public async Task Only_the_machine_of_a_target_delivers_to_it()
    {
        await AddAsync();
        using var other = NewEngine("web2");
        Assert.Empty(await DeliverAsync(other));
        Assert.False(Directory.Exists(Site));
        Assert.Equal(DeliveryStatus.Outdated, (await other.Targets.GetAsync(1, default)).Status);
        var check = Assert.Single(await other.Targets.TestAsync(1, default).ToListAsync());
        Assert.Equal((true, "Machine"), (check.Passed, check.Check));

        using var same = NewEngine("WEB1");
        Assert.Single(await DeliverAsync(same));
    }

    [Fact]
    public async Task Several_certificates_and_targets_of_one_server_cause_one_reload()
    {
        var second = await ImportAsync(null);
        await AddAsync(target => target with { Certificate = null, Domain = "*.example.org" });
        await AddAsync(target => target with { Files = target.Files! with { Directory = Home["other"] } });
        await AddAsync(target => target with
        {
            Files = target.Files! with { Directory = Home["third"] }, Reload = new TargetReload { Service = "nginx", Restart = true },
        });

        Assert.Equal(4, (await DeliverAsync()).Count);
        Assert.Equal(["nginx", "restart nginx"], Services.Reloads);
        await AssertDeliveredAsync(Home["other"]);

        // Both have the same domain. Each keeps its directory.
        var states = (await Engine.Targets.GetAsync(1, default)).Target.States;
        Assert.Equal(2, states.Select(state => state.Name).Distinct().Count());
        Assert.Contains("www.example.org", states.Select(state => state.Name));
        await ImportAsync(second.Record.Id);
        await DeliverAsync();
        Assert.Equal(
            states.ToDictionary(state => state.Certificate, state => state.Name),
            (await Engine.Targets.GetAsync(1, default)).Target.States.ToDictionary(state => state.Certificate, state => state.Name));
    }

    [Fact]
    public async Task A_failure_of_one_target_does_not_stop_the_others()
    {
        await File.WriteAllTextAsync(Home["file"], "in the way");
        await AddAsync(target => target with { Files = target.Files! with { Directory = Home["file/site"] } });
        await AddAsync();
        var outcomes = (await DeliverAsync()).ToDictionary(outcome => outcome.Delivery.Target.Id);

        Assert.Contains(Home["file"], outcomes[1].FindError()!.Message, StringComparison.Ordinal);
        Assert.Null(outcomes[2].FindError());
        await AssertDeliveredAsync(Site);
        Assert.Single(Services.Reloads);
    }

    [Fact]
    public async Task A_delivery_that_was_killed_before_its_state_was_stored_is_repeated()
    {
        await AddAsync();
        using var stop = new CancellationTokenSource();
        Services.OnReload = stop.CancelAsync;
        var deliveries = await Engine.Deliveries.FindAsync(null, withCurrent: false, default);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Engine.Deliveries.DeliverAsync(deliveries, retriesNow: false, stop.Token));
        await AssertDeliveredAsync(Site);
        Assert.Equal(DeliveryStatus.Outdated, (await Engine.Targets.GetAsync(1, default)).Status);

        Services.OnReload = null;
        Assert.Null(Assert.Single(await DeliverAsync()).FindError());
        Assert.Equal(DeliveryStatus.Current, (await Engine.Targets.GetAsync(1, default)).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_version_restored_after_an_incomplete_delivery_of_a_later_one_is_delivered_again(bool isKilled)
    {
        await AddAsync();
        await DeliverAsync();
        await ImportAsync(Id);
        using var stop = new CancellationTokenSource();
        Services.OnReload = isKilled ? stop.CancelAsync : null;
        Services.Failure = "'systemctl reload-or-restart nginx' failed with exit code 1: bad config.";
        var deliveries = await Engine.Deliveries.FindAsync(null, withCurrent: false, default);
        await Record.ExceptionAsync(() => Engine.Deliveries.DeliverAsync(deliveries, retriesNow: false, stop.Token));
        await AssertDeliveredAsync(Site);

        await Engine.Certificates.RestoreAsync(Id, 1, default);
        Assert.Equal(DeliveryStatus.Outdated, (await Engine.Targets.GetAsync(1, default)).Status);
        (Services.OnReload, Services.Failure) = (null, null);
        Assert.Null(Assert.Single(await DeliverAsync()).FindError());
        await AssertDeliveredAsync(Site);
    }

    [Fact]
    public async Task A_change_makes_a_target_outdated_even_during_a_delivery()
    {
        await AddAsync();
        Services.OnReload = () => Engine.Targets.ChangeAsync(
            1, target => target with { Files = target.Files! with { Directory = Home["new"] } }, default);
        await DeliverAsync();
        Services.OnReload = null;
        Assert.Equal(DeliveryStatus.Outdated, (await Engine.Targets.GetAsync(1, default)).Status);

        await DeliverAsync();
        await AssertDeliveredAsync(Home["new"]);
    }

    [Fact]
    public async Task A_removed_certificate_is_forgotten_and_its_files_stay()
    {
        await AddAsync();
        await DeliverAsync();
        await Engine.Certificates.RemoveAsync(Id, default);

        var target = await Engine.Targets.GetAsync(1, default);
        Assert.Empty(target.Target.States);
        Assert.Equal(DeliveryStatus.Outdated, target.Status);
        Assert.True(File.Exists(Path.Combine(Site, "privkey.pem")));
        Assert.Empty(await DeliverAsync());
    }

    [Fact]
    public async Task Single_files_of_one_domain_get_the_newest_certificate_and_keep_their_mode()
    {
        const UnixFileMode Shared = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        var (certificate, key, chain) = (Home["a.crt"], Home["a.key"], Home["ca.crt"]);
        await File.WriteAllTextAsync(key, "old");
        File.SetUnixFileMode(key, Shared);
        await AddAsync(target => target with
        {
            Certificate = null,
            Domain = "www.example.org",
            Files = new TargetFiles { Format = "Pem", CertificatePath = certificate, KeyPath = key, ChainPath = chain },
        });
        Clock.Advance(TimeSpan.FromDays(1));
        var newest = await ImportAsync(null);
        Assert.Equal(newest.Record.Id, Assert.Single(await DeliverAsync()).Delivery.Certificate.Record.Id);

        Assert.Equal(Shared, File.GetUnixFileMode(key));
        foreach (var (file, name) in new[] { (certificate, "cert.pem"), (key, "privkey.pem"), (chain, "chain.pem") })
        {
            Assert.Equal(await File.ReadAllTextAsync(Path.Combine(newest.Path!, name)), await File.ReadAllTextAsync(file));
        }
    }

    [Theory]
    [InlineData("CombinedPem", "www.example.org.pem")]
    [InlineData("Pfx", "www.example.org.pfx")]
    [InlineData("Pkcs7", "www.example.org.p7b")]
    [InlineData("Der", "www.example.org/cert.der,www.example.org/privkey.der")]
    public async Task Certificates_of_a_pattern_have_files_named_after_them(string format, string expected)
    {
        await AddAsync(target => target with
        {
            Certificate = "*", Files = new TargetFiles { Format = format, Directory = Site },
        });
        await DeliverAsync();

        var files = Directory.GetFiles(Site, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Site, file));
        Assert.Equal(expected, string.Join(',', files.Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("\"Pem\"", "\"Jks\"")]
    [InlineData("\"Smtp\"", "\"Nntp\"")]
    public async Task An_unknown_value_of_a_newer_version_fails_its_delivery_and_affects_no_other_target(string before, string after)
    {
        await AddAsync(target => target with { Endpoint = new TargetEndpoint { Host = "localhost", Port = 1, StartTls = "Smtp" } });
        var file = Path.Combine(Rack.Location, "targets.json");
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace(before, after, StringComparison.Ordinal));
        await AddAsync(target => target with { Files = target.Files! with { Directory = Home["other"] } });

        var outcomes = (await DeliverAsync()).ToDictionary(outcome => outcome.Delivery.Target.Id);
        Assert.Equal(ErrorCode.TargetsDamaged, outcomes[1].Delivery.Failure!.Code);
        Assert.Null(outcomes[2].FindError());
    }

    [Fact]
    public async Task A_target_of_an_unknown_kind_is_kept_and_never_tried()
    {
        await AddAsync();
        var file = Path.Combine(Rack.Location, "targets.json");
        var json = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(file, json.Replace("\"files\"", "\"remote\"", StringComparison.Ordinal));

        Assert.Equal(TargetKind.Unknown, (await Engine.Targets.GetAsync(1, default)).Target.Kind);
        Assert.Empty(await DeliverAsync());
        await AddAsync();
        Assert.Contains("\"remote\"", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
    }
}
