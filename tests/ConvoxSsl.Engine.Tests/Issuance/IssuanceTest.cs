using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Plans;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Racks.Local;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>
/// A rack and a CA with configurable faults. The clock skips delays, the CA accepts every challenge, and key
/// authorizations are published as files, so that no test depends on the speed of the machine.
/// </summary>
public abstract class IssuanceTest : IAsyncLifetime
{
    private readonly TemporaryDirectory _home = new();
    private readonly ChallengeSolvers _solvers = new();
    private AcmeTestServer? _ca;

    protected IssuanceTest()
    {
        Rack = new LocalRack("test", _home["rack"], TestDnsProviders.All);
        Directory.CreateDirectory(WebRoot);
    }

    // The engine's timeouts: for a request or a cleanup, and for an order.
    protected SkippingClock Clock { get; init; } = new(TimeSpan.FromSeconds(30), IssueRequest.DefaultTimeout);

    protected RecordedEvents Events { get; } = new();

    protected LocalRack Rack { get; }

    /// <summary>The options of the engines.</summary>
    protected EngineOptions Options { get; init; } = new();

    protected AcmeTestServer Ca => _ca ?? throw new InvalidOperationException("The CA has not been started.");

    protected string WebRoot => _home["www"];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _solvers.DisposeAsync();
        if (_ca is not null)
        {
            var signed = _ca.Requests.Where(r => r.Protected is not null).ToList();
            await _ca.DisposeAsync();
            Assert.Equal(signed.Count, signed.Select(r => r.Body).Distinct().Count());
            Assert.All(signed, r => Assert.Equal("application/jose+json", r.ContentType));
            Assert.All(signed, r => Assert.StartsWith("ConvoxSsl/", r.UserAgent, StringComparison.Ordinal));
        }

        _home.Dispose();
    }

    protected async Task<IssuanceEngine> StartAsync(AcmeTestServerOptions? options = null)
    {
        _ca = await AcmeTestServer.StartAsync(
            (options ?? new AcmeTestServerOptions { AcceptsAllChallenges = true }) with { Time = Clock.True }, CancellationToken.None);
        return NewEngine();
    }

    /// <summary>Creates an engine like the next run of the program.</summary>
    protected IssuanceEngine NewEngine(EngineOptions? options = null) => new(Rack, _solvers, Clock, Events, options ?? Options);

    protected IssueRequest Request(params string[] names) => new()
    {
        Names = CertificateNameSet.Parse(names),
        Issuer = Issuer.Parse(Ca.DirectoryUrl.AbsoluteUri),
        Settings = new IssuanceSettings { WebRoot = WebRoot },
        Account = new AccountRequest
        {
            AcceptTermsOfService = true,
            Contact = ["admin@example.org"],
            CaCertificate = File.ReadAllText(Ca.RootFile),
        },
    };

    protected async Task<CertificateEntry> IssueAsync(params string[] names)
    {
        using var engine = NewEngine();
        return await engine.IssueAsync(Request(names), CancellationToken.None);
    }

    /// <summary>Issues a batch and returns the certificates in the order of the requests.</summary>
    internal static async Task<IReadOnlyList<CertificateEntry>> IssueAllAsync(IssuanceEngine engine, IReadOnlyList<IssueRequest> requests)
    {
        var plans = new List<IssuancePlan>();
        foreach (var request in requests)
        {
            plans.Add(await engine.Planner.PlanAsync(request, CancellationToken.None));
        }

        var entries = new Dictionary<object, CertificateEntry>();
        await foreach (var result in engine.IssueAllAsync(plans, CancellationToken.None))
        {
            entries[result.Plan.Job] = result.Entry ?? throw new InvalidOperationException("An item of the batch failed.", result.Error);
        }

        return [.. plans.Select(plan => entries[plan.Job])];
    }

    /// <summary>Creates the account, so that a test's faults and counts begin after it.</summary>
    protected async Task CreateAccountAsync()
    {
        using var engine = NewEngine();
        await engine.Accounts.OpenAsync(Ca.DirectoryUrl, Request("account.example.org").Account, CancellationToken.None);
    }

    protected async Task<AcmeException> AssertIssueFailsAsync(string shortType, params string[] names)
    {
        var error = await Assert.ThrowsAsync<AcmeException>(() => IssueAsync(names));
        Assert.Equal(shortType, error.Problem.ShortType);
        return error;
    }

    protected Task<OrderRecord?> FindJournalAsync(params string[] names) =>
        Rack.Orders.FindAsync(CertificateNameSet.Parse(names).ToCertificateId(), CancellationToken.None);

    /// <summary>Reads the public key of the certificate key in the journal.</summary>
    protected async Task<byte[]> ReadJournaledKeyAsync(params string[] names)
    {
        using var key = await Rack.Orders.ReadKeyAsync(CertificateNameSet.Parse(names).ToCertificateId(), CancellationToken.None);
        return key!.Key.ExportSubjectPublicKeyInfo();
    }

    /// <summary>Issues at the first moment that a remembered failure allows.</summary>
    protected async Task<CertificateEntry> IssueWhenAllowedAsync(params string[] names)
    {
        await WaitUntilAllowedAsync(names);
        return await IssueAsync(names);
    }

    /// <summary>Advances the clock to the next attempt that a remembered failure allows.</summary>
    protected async Task WaitUntilAllowedAsync(params string[] names)
    {
        if ((await FindJournalAsync(names))?.Failure?.NextTry is { } next && next > Clock.GetUtcNow())
        {
            Clock.Advance(next - Clock.GetUtcNow());
        }
    }

    /// <summary>Asserts that only the failure remains: no key, pending authorization, key authorization or certificate.</summary>
    protected async Task AssertAbandonedAsync()
    {
        Assert.All(
            await Rack.Orders.ListAsync(null, CancellationToken.None).ToListAsync(),
            o => Assert.True(o is { IsEnded: true, Failure: not null, Published.Count: 0 }));
        Assert.Empty(Directory.GetFiles(Path.Combine(Rack.Location, "orders"), "*.key.pem"));
        Assert.DoesNotContain(Ca.Authorizations, a => a.Status == "pending");
        Assert.Empty(Directory.GetFileSystemEntries(WebRoot));
        Assert.Empty(await Rack.Certificates.ListAsync(null, CancellationToken.None).ToListAsync());
    }

    /// <summary>Asserts that the next run finishes with the order and the key of the interrupted one.</summary>
    protected async Task AssertResumedAsync(params string[] names)
    {
        var journal = await FindJournalAsync(names);
        Assert.NotNull(journal?.OrderUrl);
        Assert.Empty(Directory.GetFileSystemEntries(WebRoot));
        var key = await ReadJournaledKeyAsync(names);

        var entry = await IssueWhenAllowedAsync(names);

        var order = Assert.Single(Ca.Orders);
        Assert.Equal(journal.OrderUrl.AbsoluteUri, order.Url);
        Assert.Equal(1, Ca.Requests.Count(r => r.Resource == AcmeResource.NewOrder));
        using var material = await Rack.Certificates.ReadAsync(entry.Record.Id, entry.LiveVersion, CancellationToken.None);
        Assert.Equal(key, material.Chain.Leaf.PublicKey.ExportSubjectPublicKeyInfo());
        Assert.Null(await FindJournalAsync(names));
    }
}
