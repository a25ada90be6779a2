using System.Net;
using System.Net.Sockets;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Issuance.Webhooks;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Acme;
using ConvoxSsl.TestKit.Webhooks;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>The webhook notices of issuances and renewals.</summary>
public sealed class NoticeTests : IssuanceTest
{
    private const string Name = "one.example.org";

    // An attempt to notify has its own timeout.
    public NoticeTests() => Clock = new SkippingClock(TimeSpan.FromSeconds(30), IssueRequest.DefaultTimeout, WebhookSender.AttemptTimeout);

    [Fact]
    public async Task Issuances_and_failures_are_reported_to_the_receiver()
    {
        await using var receiver = await ListenAsync();
        var entry = await IssueAsync(Name);
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).FailValidation("dns", "no such name"));
        using var engine = NewEngine();
        await Assert.ThrowsAsync<AcmeException>(() => engine.IssueAsync(Request(Name) with { Force = true }, CancellationToken.None));

        var (renewed, failed) = (receiver.Messages[0].Document, receiver.Messages[1].Document);
        Assert.Equal(
            ("certificate.renewed", entry.Live.SerialNumber), ((string?)renewed["type"], (string?)renewed["data"]!["serialNumber"]));
        Assert.Equal("certificate.failed", (string?)failed["type"]);
        Assert.Contains("no such name", failed.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("AcmeProblem.dns", failed.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("check its DNS records", failed.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failures_that_no_order_ends_with_are_reported_too()
    {
        await using var receiver = await ListenAsync();
        var entry = await IssueAsync(Name);
        using var engine = NewEngine();
        var request = Request(Name) with { Force = true };
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).KeepProcessing(2000));
        await Assert.ThrowsAsync<EngineException>(() => engine.IssueAsync(request, CancellationToken.None));
        using var port = new TcpListener(IPAddress.Loopback, 0);
        port.Start();
        var settings = new IssuanceSettings { HttpAddress = "127.0.0.1", HttpPort = ((IPEndPoint)port.LocalEndpoint).Port };
        await Assert.ThrowsAsync<EngineException>(
            () => engine.IssueAsync(Request("two.example.org") with { Settings = settings }, CancellationToken.None));
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Order).Always().Reset());
        await Assert.ThrowsAsync<AcmeException>(() => engine.IssueAsync(request, CancellationToken.None));

        Assert.Equal(
            ["OrderTimedOut", "PortInUse", "AcmeProblem.unreachable"],
            receiver.Messages.Skip(1).Select(m => (string?)m.Document["data"]!["errorId"]));
        Assert.Equal(entry.LiveVersion, (int?)receiver.Messages[1].Document["data"]!["version"]);
        Assert.Equal([true, false, false], receiver.Messages.Skip(1).Select(m => m.Document["data"]!["nextTry"] is not null));
    }

    [Fact]
    public async Task A_rejecting_receiver_does_not_affect_the_certificate()
    {
        await using var receiver = await ListenAsync();
        receiver.SetResponses(ReceiverResponse.Of(410));
        var entry = await IssueAsync(Name);

        Assert.Equal(1, entry.LiveVersion);
        Assert.Contains(Events.All, e => e.Kind == IssuanceEventKind.Warning && e.Text.Contains("not affected", StringComparison.Ordinal));
        Assert.Null(await FindJournalAsync(Name));
    }

    [Fact]
    public async Task An_approaching_expiry_is_reported_once_a_day()
    {
        await using var receiver = await ListenAsync();
        var entry = await IssueAsync(Name);
        using var engine = NewEngine();
        await engine.Renewals.NotifyExpiryAsync(entry, CancellationToken.None);
        Clock.Advance(TimeSpan.FromDays(80));
        for (var run = 0; run < 4; run++)
        {
            await engine.Renewals.NotifyExpiryAsync(entry, CancellationToken.None);
            Clock.Advance(TimeSpan.FromHours(12));
        }

        Assert.Equal(
            ["certificate.renewed", "certificate.expiring", "certificate.expiring"],
            receiver.Messages.Select(m => (string?)m.Document["type"]));
        Assert.Equal(
            4, Events.All.Count(e => e.Kind == IssuanceEventKind.Warning && e.Text.Contains("was not renewed", StringComparison.Ordinal)));
    }

    private async Task<WebhookTestServer> ListenAsync()
    {
        await StartAsync();
        await Rack.PrepareAsync(CancellationToken.None);
        var receiver = await WebhookTestServer.StartAsync(CancellationToken.None);
        var webhook = new WebhookRecord
        {
            Url = new Uri(receiver.Origin + "/hook"),
            Events = [NoticeKind.Renewed, NoticeKind.Failed, NoticeKind.Expiring],
            CaCertificate = await File.ReadAllTextAsync(receiver.RootFile),
            Created = Clock.GetUtcNow(),
        };
        await Rack.Webhooks.SaveAsync(webhook, WebhookSecret.Generate(), CancellationToken.None);
        return receiver;
    }
}
