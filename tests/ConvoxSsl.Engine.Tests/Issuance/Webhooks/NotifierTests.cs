using System.Text;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.TestKit.Webhooks;

namespace ConvoxSsl.Engine.Tests.Issuance.Webhooks;

/// <summary>The events that a webhook receives.</summary>
public sealed class NotifierTests : NotifierTest
{
    [Fact]
    public async Task A_renewal_message_has_all_details_and_a_signature()
    {
        await SetAsync();
        await RenewedAsync();

        var message = Assert.Single(Server.Messages);
        Assert.True(message.IsSignedWith(Secret));
        Assert.Equal(Clock.GetUtcNow(), message.Time);
        Assert.StartsWith("msg_", message.Id, StringComparison.Ordinal);
        Assert.Equal($"/{Token}?{Token}", message.Path);
        Assert.Equal("application/json", message.Headers["Content-Type"]);
        Assert.StartsWith("ConvoxSsl/", message.Headers["User-Agent"], StringComparison.Ordinal);
        Assert.Equal(
            "{\"type\":\"certificate.renewed\",\"timestamp\":\"2026-11-24T12:00:00+00:00\",\"data\":{\"rack\":\"test\","
                + $"\"host\":\"{Environment.MachineName}\",\"id\":\"cert-a\",\"domains\":[\"www.example.org\",\"*.example.org\"],"
                + "\"issuer\":\"letsencrypt\",\"status\":\"Ready\",\"version\":3,\"expires\":\"2026-12-24T12:00:00+00:00\","
                + "\"renewAfter\":\"2026-12-04T12:00:00+00:00\",\"serialNumber\":\"0A1B\",\"thumbprint\":\"ABCDEF\"}}",
            Encoding.UTF8.GetString(message.Body));
        Assert.Empty(Events.Warnings);
        Assert.Contains(
            $"Notified {Server.Origin} of certificate.renewed for cert-a", Assert.Single(Events.All).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_message_has_its_cause_and_the_next_attempt()
    {
        await SetAsync();
        using var notifier = NewNotifier();
        await notifier.FailedAsync(
            Record, null, "ConvoxSsl.AcmeProblem.dns", new string('x', 100_000), Clock.GetUtcNow().AddMinutes(10), default);
        await notifier.FailedAsync(Record, Entry(), "ConvoxSsl.NoDnsSolver", "no solver", null, default);

        var first = Server.Messages[0].Document["data"]!;
        Assert.Equal("certificate.failed", Server.Messages[0].Document["type"]!.ToString());
        Assert.Equal(
            ("ConvoxSsl.AcmeProblem.dns", "Failed", "2026-11-24T12:10:00+00:00"),
            (first["errorId"]!.ToString(), first["status"]!.ToString(), first["nextTry"]!.ToString()));
        Assert.Equal(2001, first["cause"]!.ToString().Length);
        Assert.Null(first["version"]);
        var second = Server.Messages[1].Document["data"]!;
        Assert.Equal(
            ("no solver", "Ready", "3"), (second["cause"]!.ToString(), second["status"]!.ToString(), second["version"]!.ToString()));
        Assert.NotEqual(Server.Messages[0].Id, Server.Messages[1].Id);
        Assert.All(Server.Messages, m => Assert.True(m.IsSignedWith(Secret)));
    }

    [Fact]
    public async Task An_expiry_message_has_the_status_of_the_live_version()
    {
        await SetAsync();
        using var notifier = NewNotifier();
        await notifier.ExpiringAsync(Entry(), default);
        await notifier.ExpiringAsync(Entry(left: TimeSpan.FromSeconds(-1)), default);
        await notifier.ExpiringAsync(Entry(revoked: Clock.GetUtcNow()), default);

        Assert.Equal(["Ready", "Expired", "Revoked"], Server.Messages.Select(m => m.Document["data"]!["status"]!.ToString()));
        Assert.All(Server.Messages, m => Assert.Equal("certificate.expiring", m.Document["type"]!.ToString()));
    }

    [Fact]
    public async Task Only_the_selected_events_are_sent()
    {
        await SetAsync(NoticeKind.Failed);
        using var notifier = NewNotifier();
        await notifier.RenewedAsync(Entry(), default);
        await notifier.ExpiringAsync(Entry(), default);
        await notifier.FailedAsync(Record, null, "id", "cause", null, default);

        Assert.Equal("certificate.failed", Assert.Single(Server.Messages).Document["type"]!.ToString());
    }

    [Fact]
    public async Task Without_a_webhook_nothing_is_sent_or_created()
    {
        await RenewedAsync();

        Assert.Empty(Events.All);
        Assert.False(Directory.Exists(Rack.Location));
    }

    [Fact]
    public async Task The_webhook_is_read_once()
    {
        await SetAsync();
        using var notifier = NewNotifier();
        await notifier.RenewedAsync(Entry(), default);
        await Rack.Webhooks.RemoveAsync(default);
        await notifier.RenewedAsync(Entry(), default);

        Assert.Equal(2, Server.Messages.Count);
    }

    [Fact]
    public async Task Concurrent_messages_arrive_with_unique_ids()
    {
        await SetAsync();
        using var notifier = NewNotifier();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => notifier.RenewedAsync(Entry(), default)));

        Assert.Equal(50, Server.Messages.Select(m => m.Id).Distinct().Count());
        Assert.All(Server.Messages, m => Assert.True(m.IsSignedWith(Secret)));
    }

    [Fact]
    public async Task A_test_message_is_sent_regardless_of_the_selected_events()
    {
        await SetAsync(NoticeKind.Failed);
        using var notifier = NewNotifier();
        var checks = await notifier.TestAsync(default).ToListAsync();

        Assert.All(checks, c => Assert.True(c.Passed));
        Assert.Equal(["Signing secret", "Delivery"], checks.Select(c => c.Check));
        var message = Assert.Single(Server.Messages);
        Assert.Equal("webhook.test", message.Document["type"]!.ToString());
        Assert.True(message.IsSignedWith(Secret));
        Assert.DoesNotContain(checks, c => c.Detail.Contains(Token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failed_test_has_a_remedy()
    {
        await SetAsync();
        Server.SetResponses(ReceiverResponse.Of(403), ReceiverResponse.Of(404));
        using var notifier = NewNotifier();

        var failed = (await notifier.TestAsync(default).ToListAsync())[^1];
        Assert.Equal(
            (false, $"{Server.Origin} did not accept the message: it returned HTTP 403 (Forbidden)."), (failed.Passed, failed.Detail));
        Assert.Equal("Webhook.Unauthorized", failed.Remedy?.Key);
        Assert.Contains("URL", (await notifier.TestAsync(default).ToListAsync())[^1].Remedy?.Text, StringComparison.Ordinal);

        File.Delete(Path.Combine(Rack.Location, "secrets", "webhook.json"));
        var check = Assert.Single(await notifier.TestAsync(default).ToListAsync());
        Assert.Equal(("Signing secret", false), (check.Check, check.Passed));
        Assert.Equal("Webhook.NoSecret", check.Remedy?.Key);

        await notifier.Webhook.RemoveAsync(default);
        Assert.Equal(
            "WebhookNotFound",
            (await Assert.ThrowsAsync<EngineException>(async () => await notifier.TestAsync(default).ToListAsync())).Code);
    }
}
