using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Providers.Cloudflare;
using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Tests.Racks;

/// <content>DNS solvers, rate limits and the webhook.</content>
public abstract partial class RackContract
{
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
    public async Task The_state_is_changed_concurrently_and_read_as_it_was_stored()
    {
        await Rack.PrepareAsync(default);
        Assert.Equivalent(new RackState(), await Rack.State.ReadAsync(default), strict: true);

        await Rack.State.UpdateAsync(state => state, default);
        await Task.WhenAll(Enumerable.Range(1, 3).Select(id => Rack.State.UpdateAsync(
            state => state with { SolverUses = [.. state.SolverUses, new SolverUse(id, DateTimeOffset.UnixEpoch, $"failure {id}")] },
            default)));
        await Rack.State.UpdateAsync(state => state with { DefaultIssuer = "letsencrypt" }, default);

        var read = await Rack.State.ReadAsync(default);
        Assert.Equal("letsencrypt", read.DefaultIssuer);
        Assert.Equal(["failure 1", "failure 2", "failure 3"], read.SolverUses.Select(use => use.Failure).Order());
        await Rack.State.UpdateAsync(state => state with { DefaultIssuer = null }, default);
        Assert.Null((await Rack.State.ReadAsync(default)).DefaultIssuer);
    }

    [Fact]
    public async Task Targets_are_changed_concurrently_and_read_as_they_were_stored()
    {
        await Rack.PrepareAsync(default);
        Assert.Empty(await Rack.Targets.ListAsync(default));
        await Rack.Targets.UpdateAsync(targets => targets, default);
        var target = new CertificateTarget
        {
            Id = 1,
            Machine = "web1",
            Domain = "*.example.org",
            Files = new TargetFiles { Format = "Pem", Directory = "/etc/tls", Group = "tls", Mode = "0640" },
            Reload = new TargetReload { Command = "/bin/true", Arguments = ["a b"] },
            TimeLimit = TimeSpan.FromSeconds(5),
            Revision = 2,
            States =
            [
                new TargetState
                {
                    Certificate = "cert-a",
                    Name = "a.example.org",
                    Version = 3,
                    SerialNumber = "0A",
                    DeliveredAt = Now,
                    Failure = new DeliveryFailure
                    {
                        Code = "ReloadFailed", Cause = "why", SerialNumber = "0B", At = Now, Count = 2, NextTry = Now.AddMinutes(10),
                    },
                },
            ],
        };
        await Rack.Targets.UpdateAsync(_ => [target], default);
        await Task.WhenAll(Enumerable.Range(2, 3).Select(id => Rack.Targets.UpdateAsync(
            targets => [target with { Id = id }, .. targets], default)));

        var read = await Rack.Targets.ListAsync(default);
        Assert.Equal([1, 2, 3, 4], read.Select(other => other.Id));
        Assert.All(read, other => Assert.Equivalent(target, other with { Id = 1 }, strict: true));
        await Rack.Targets.UpdateAsync(targets => [.. targets.Where(other => other.Id == 3)], default);
        Assert.Equal(3, Assert.Single(await Rack.Targets.ListAsync(default)).Id);
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

    private static LimitUse Use(string subject) => new()
    {
        DirectoryUrl = Ca, Limit = LimitKind.RegisteredDomain, Subject = subject, Used = Now, FullAgain = Now.AddMinutes(202),
    };
}
