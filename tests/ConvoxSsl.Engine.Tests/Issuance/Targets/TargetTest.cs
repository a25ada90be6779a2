using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Publishing.Reload;
using ConvoxSsl.Engine.Publishing.Targets;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Racks.Local;
using ConvoxSsl.Engine.Tests.Publishing.Files;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Engine.Tests.Issuance.Targets;

/// <summary>A rack with a certificate, and an engine whose machine has recorded services.</summary>
public abstract class TargetTest : IAsyncLifetime
{
    protected const string Machine = "web1";

    private readonly ChallengeSolvers _solvers = new();

    protected TargetTest()
    {
        Rack = new LocalRack("test", Home["rack"], TestDnsProviders.All);
        Engine = NewEngine(Machine);
    }

    protected TemporaryDirectory Home { get; } = new();

    protected LocalRack Rack { get; }

    protected RecordedEvents Events { get; } = new();

    // The timeout of a request to the webhook passes in real time.
    protected SkippingClock Clock { get; } = new(TimeSpan.FromSeconds(10));

    protected RecordedServices Services { get; } = new();

    protected IssuanceEngine Engine { get; }

    /// <summary>The id of the certificate.</summary>
    protected string Id { get; private set; } = string.Empty;

    protected string Site => Home["site"];

    public async Task InitializeAsync() => Id = (await ImportAsync(null)).Record.Id;

    public async Task DisposeAsync()
    {
        Engine.Dispose();
        await _solvers.DisposeAsync();
        Home.Dispose();
    }

    protected IssuanceEngine NewEngine(string machine) =>
        new(Rack, _solvers, Clock, Events, new EngineOptions { Machine = machine, Services = Services });

    /// <summary>Stores a certificate; as a new version if an id is given.</summary>
    protected async Task<CertificateEntry> ImportAsync(string? id)
    {
        using var material = IssuedCertificate.Create();
        return await Engine.Certificates.ImportAsync(material, id, 3, default);
    }

    /// <summary>Adds a target for the certificate that reloads nginx.</summary>
    protected Task<MatchedTarget> AddAsync(Func<CertificateTarget, CertificateTarget>? change = null)
    {
        var target = new CertificateTarget
        {
            Id = 0,
            Machine = Machine,
            Certificate = Id,
            Files = new TargetFiles { Format = "Pem", Directory = Site },
            Reload = new TargetReload { Service = "nginx" },
        };
        return Engine.Targets.AddAsync(change?.Invoke(target) ?? target, default);
    }

    /// <summary>Delivers what is outdated, as a scheduled run does.</summary>
    protected async Task<IReadOnlyList<DeliveryOutcome>> DeliverAsync(IssuanceEngine? engine = null)
    {
        engine ??= Engine;
        var deliveries = await engine.Deliveries.FindAsync(null, withCurrent: false, default);
        return await engine.Deliveries.DeliverAsync(deliveries, retriesNow: false, default);
    }

    protected async Task AssertDeliveredAsync(string directory)
    {
        var entry = (await Rack.Certificates.FindAsync(Id, default))!;
        foreach (var name in new[] { "privkey.pem", "cert.pem", "chain.pem", "fullchain.pem" })
        {
            Assert.Equal(
                await File.ReadAllTextAsync(Path.Combine(entry.Path!, name)), await File.ReadAllTextAsync(Path.Combine(directory, name)));
        }
    }

    /// <summary>Services that exist, unless their name begins with "no-". Their reloads are recorded.</summary>
    protected sealed class RecordedServices : IServiceManager
    {
        public List<string> Reloads { get; } = [];

        /// <summary>The message with which reloads fail; null if they succeed.</summary>
        public string? Failure { get; set; }

        public Task RequireAsync(string service, CancellationToken ct) => service.StartsWith("no-", StringComparison.Ordinal)
            ? throw new InvalidInputException(ErrorCode.UnknownService, $"The service '{service}' is not valid.", service)
            : Task.CompletedTask;

        /// <summary>Runs during a reload.</summary>
        public Func<Task>? OnReload { get; set; }

        public async Task ReloadAsync(string service, bool restart, TimeSpan limit, Action<string> onLine, CancellationToken ct)
        {
            Reloads.Add(restart ? $"restart {service}" : service);
            onLine("output");
            await (OnReload?.Invoke() ?? Task.CompletedTask);
            if (Failure is { } message)
            {
                throw new EngineException(ErrorCode.ReloadFailed, EngineErrorKind.InvalidState, message, service);
            }
        }
    }
}
