using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Webhooks;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Racks.Local;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Webhooks;

namespace ConvoxSsl.Engine.Tests.Issuance.Webhooks;

/// <summary>A rack whose webhook is a real HTTPS server with configurable responses. The clock skips delays.</summary>
public abstract class NotifierTest : IAsyncLifetime
{
    protected const string Token = "t0ken-that-nobody-may-see";

    private readonly TemporaryDirectory _home = new();
    private WebhookTestServer? _server;

    protected NotifierTest() => Rack = new LocalRack("test", _home["rack"], TestDnsProviders.All);

    protected SkippingClock Clock { get; } = new(WebhookSender.AttemptTimeout);

    protected RecordedEvents Events { get; } = new();

    protected LocalRack Rack { get; }

    protected WebhookTestServer Server => _server!;

    protected string Secret { get; private set; } = string.Empty;

    protected static CertificateRecord Record { get; } = new()
    {
        Id = "cert-a",
        Domains = ["www.example.org", "*.example.org"],
        Issuer = "letsencrypt",
        Generated = true,
    };

    public async Task InitializeAsync() => _server = await WebhookTestServer.StartAsync(CancellationToken.None);

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        _home.Dispose();
        var text = string.Join('\n', Events.All.Select(e => e.Text));
        Assert.DoesNotContain(Token, text, StringComparison.Ordinal);
        Assert.True(Secret.Length == 0 || !text.Contains(Secret, StringComparison.Ordinal));
    }

    protected Notifier NewNotifier() => new(new IssuanceContext(Rack, Clock, Events));

    /// <summary>Points the rack's webhook at the server.</summary>
    protected async Task SetAsync(params NoticeKind[] events)
    {
        using var notifier = NewNotifier();
        var (_, created) = await notifier.Webhook.SetAsync(
            new WebhookChange
            {
                Url = new Uri($"{Server.Origin}/{Token}?{Token}"),
                CaCertificate = await File.ReadAllTextAsync(Server.RootFile),
                Events = events.Length == 0 ? null : events,
            },
            CancellationToken.None);
        Secret = created?.Value ?? Secret;
    }

    protected CertificateEntry Entry(DateTimeOffset? revoked = null, TimeSpan? left = null) => new()
    {
        Record = Record,
        LiveVersion = 3,
        Versions =
        [
            new CertificateVersion
            {
                Number = 3, NotBefore = Clock.GetUtcNow().AddDays(-60), Expires =
                    Clock.GetUtcNow() + (left ?? TimeSpan.FromDays(30)), RenewAfter = Clock.GetUtcNow().AddDays(10),
                SerialNumber = "0A1B", Thumbprint = "ABCDEF", KeyAlgorithm = "EcdsaP256", Stored = Clock.GetUtcNow(), Revoked = revoked,
            },
        ],
    };

    protected async Task RenewedAsync()
    {
        using var notifier = NewNotifier();
        await notifier.RenewedAsync(Entry(), CancellationToken.None);
    }
}
