using System.Net;
using ConvoxSsl.Engine.Http;
using ConvoxSsl.Engine.Issuance.Webhooks;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.TestKit.Webhooks;

namespace ConvoxSsl.Engine.Tests.Issuance.Webhooks;

/// <summary>Failed notifications: they cause warnings and nothing else.</summary>
public sealed class NotifierFaultTests : NotifierTest
{
    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(429)]
    public async Task Notify_TransientFailure_RetriesWithSameIdAndNewSignature(int status)
    {
        await SetAsync();
        Server.SetResponses(ReceiverResponse.Of(status), ReceiverResponse.Of(status));
        await RenewedAsync();

        Assert.Equal(3, Server.Messages.Count);
        Assert.Single(Server.Messages.Select(m => m.Id).Distinct());
        Assert.Single(Server.Messages.Select(m => Convert.ToHexString(m.Body)).Distinct());
        Assert.All(Server.Messages, m => Assert.True(m.IsSignedWith(Secret)));
        Assert.True(Server.Messages[0].Time < Server.Messages[2].Time);
        Assert.Equal(2, Clock.Waits.Count);
        Assert.InRange(Clock.Waits[0], TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1.5));
        Assert.InRange(Clock.Waits[1], TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));
        Assert.Empty(Events.Warnings);
    }

    [Fact]
    public async Task Notify_ConnectionCut_Retries()
    {
        await SetAsync();
        Server.SetResponses(new ReceiverResponse { ClosesConnection = true }, new ReceiverResponse { ClosesConnection = true });
        await RenewedAsync();

        Assert.Single(Server.Messages.Select(m => m.Id).Distinct());
        Assert.Empty(Events.Warnings);
    }

    [Fact]
    public async Task Notify_NoResponse_TimesOutAfterTenSecondsPerAttempt()
    {
        await SetAsync();
        var silence = new ReceiverResponse { NeverResponds = () => Clock.Advance(TimeSpan.FromSeconds(10)) };
        Server.SetResponses(silence, silence, silence);
        await RenewedAsync();

        Assert.Equal(3, Server.Messages.Count);
        Assert.Contains("after 3 attempts: no response within 10 s", Assert.Single(Events.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Notify_RetryAfter_IsObeyedUnlessTooLong()
    {
        await SetAsync();
        Server.SetResponses(ReceiverResponse.Of(429, ("Retry-After", "7")));
        await RenewedAsync();
        Assert.Equal([TimeSpan.FromSeconds(7)], Clock.Waits);
        Assert.Empty(Events.Warnings);

        Server.SetResponses(ReceiverResponse.Of(503, ("Retry-After", "3600")));
        await RenewedAsync();
        Assert.Single(Clock.Waits);
        Assert.Equal(3, Server.Messages.Count);
        Assert.Contains("HTTP 503", Assert.Single(Events.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Notify_Redirect_IsNotFollowed(int status)
    {
        await SetAsync();
        Server.SetResponses(ReceiverResponse.Of(status, ("Location", $"{Server.Origin}/elsewhere/{Token}")));
        await RenewedAsync();

        Assert.Single(Server.Messages);
        Assert.Contains(
            $"it returned a redirect, {HttpStatusText.Describe((HttpStatusCode)status)}, which is not followed",
            Assert.Single(Events.Warnings),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(410)]
    public async Task Notify_ClientError_IsNotRetried(int status)
    {
        await SetAsync();
        Server.SetResponses(ReceiverResponse.Of(status) with { Body = [Token] });
        await RenewedAsync();

        Assert.Single(Server.Messages);
        var warning = Assert.Single(Events.Warnings);
        Assert.StartsWith(
            $"Cannot notify {Server.Origin} of certificate.renewed for cert-a: it returned "
                + $"{HttpStatusText.Describe((HttpStatusCode)status)}.",
            warning,
            StringComparison.Ordinal);
        Assert.EndsWith("The certificate is not affected.", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Notify_EndlessResponse_IsNotRead()
    {
        await SetAsync();
        Server.SetResponses(ReceiverResponse.Of(200) with { Body = Enumerable.Repeat(new string('x', 64 * 1024), int.MaxValue) });
        await RenewedAsync();
        await RenewedAsync();

        Assert.Equal(2, Server.Messages.Count);
        Assert.Empty(Events.Warnings);
    }

    [Fact]
    public async Task Notify_UntrustedReceiver_SendsNothing()
    {
        await SetAsync();
        var webhook = (await Rack.Webhooks.FindAsync(default))!;
        await Rack.Webhooks.SaveAsync(webhook with { CaCertificate = null }, null, default);
        await RenewedAsync();

        Assert.Empty(Server.Messages);
        Assert.Empty(Clock.Waits);
        var warning = Assert.Single(Events.Warnings);
        Assert.Contains("not trusted", warning, StringComparison.Ordinal);
        Assert.Equal("Webhook.Untrusted", Assert.Single(Events.Remedies)?.Key);
    }

    [Fact]
    public async Task Notify_DeadReceiver_DelaysOnlyTheFirstCertificate()
    {
        await SetAsync();
        await Server.StopAsync(default);
        using var notifier = NewNotifier();
        for (var i = 0; i < 10; i++)
        {
            await notifier.RenewedAsync(Entry(), default);
        }

        Assert.Equal(2, Clock.Waits.Count);
        Assert.Equal(10, Events.Warnings.Count);
        Assert.Contains("after 3 attempts", Events.Warnings[0], StringComparison.Ordinal);
        Assert.All(Events.Warnings, w => Assert.StartsWith($"Cannot notify {Server.Origin}", w, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Notify_ReceiverRecovered_GetsThreeAttemptsAgain()
    {
        await SetAsync();
        Server.SetResponses([.. Enumerable.Repeat(ReceiverResponse.Of(500), 3), ReceiverResponse.Of(204), ReceiverResponse.Of(500)]);
        using var notifier = NewNotifier();
        for (var i = 0; i < 3; i++)
        {
            await notifier.RenewedAsync(Entry(), default);
        }

        Assert.Equal(6, Server.Messages.Count);
        Assert.Single(Events.Warnings);
    }

    [Theory]
    [InlineData("webhook.json", "{")]
    [InlineData(
        "webhook.json",
        "{\"url\":\"http://hooks.example/t0ken-that-nobody-may-see\",\"events\":[\"Renewed\"],\"created\":\"2026-01-01T00:00:00Z\"}")]
    [InlineData("secrets/webhook.json", "{}")]
    [InlineData("secrets/webhook.json", null)]
    public async Task Notify_CorruptWebhook_WarnsOnce(string file, string? contents)
    {
        await SetAsync();
        var path = Path.Combine(Rack.Location, file);
        File.Delete(path);
        if (contents is not null)
        {
            await File.WriteAllTextAsync(path, contents);
        }

        using var notifier = NewNotifier();
        await notifier.RenewedAsync(Entry(), default);
        await notifier.FailedAsync(Record, null, "id", "cause", null, default);

        Assert.Empty(Server.Messages);
        Assert.Single(Events.Warnings);
        Assert.NotNull(Assert.Single(Events.Remedies));
    }

    [Fact]
    public async Task Notify_Canceled_Throws()
    {
        await SetAsync();
        using var stop = new CancellationTokenSource();
        Server.SetResponses(new ReceiverResponse { NeverResponds = stop.Cancel });
        using var notifier = NewNotifier();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => notifier.RenewedAsync(Entry(), stop.Token));

        Assert.Empty(Events.Warnings);
        await notifier.RenewedAsync(Entry(), default);
        Assert.Equal(2, Server.Messages.Count);
    }

    [Fact]
    public async Task Set_keeps_replaces_or_generates_the_secret()
    {
        await SetAsync();
        using var notifier = NewNotifier();
        var (changed, kept) = await notifier.Webhook.SetAsync(new WebhookChange { Events = [NoticeKind.Failed] }, default);
        Assert.Null(kept);
        Assert.Equal([NoticeKind.Failed], changed.Events);
        Assert.NotNull(changed.CaCertificate);
        Assert.Equal(Secret, (await Rack.Webhooks.ReadSecretAsync(default))!.Value);

        var secret = WebhookSecret.Generate();
        Assert.Null((await notifier.Webhook.SetAsync(new WebhookChange { Secret = secret }, default)).Created);
        Assert.Equal(secret.Value, (await Rack.Webhooks.ReadSecretAsync(default))!.Value);

        var created = (await notifier.Webhook.SetAsync(new WebhookChange { NewSecret = true }, default)).Created!;
        Assert.Equal(created.Value, (await Rack.Webhooks.ReadSecretAsync(default))!.Value);
        Assert.NotEqual(secret.Value, created.Value);
    }
}
