using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Providers.Cloudflare;
using ConvoxSsl.Engine.Dns.Resolution;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.TestKit.Acme;
using ConvoxSsl.TestKit.Cloudflare;
using ConvoxSsl.TestKit.Dns;

namespace ConvoxSsl.KillMatrix.Tests;

/// <summary>The scripted CA and dns-01: records outlive the process that wrote them.</summary>
public sealed class ScriptedServers : MatrixServers
{
    private const string Token = "cloudflare-token-of-the-tests";
    private readonly DnsTestZones _zones = new DnsTestZones(TimeProvider.System).AddZone("example.org", "ns1.example.org");
    private readonly DnsTestServer _dns;
    private CloudflareTestServer _cloudflare = null!;

    private ScriptedServers() => _dns = DnsTestServer.Start(_zones);

    /// <summary>The CA.</summary>
    public AcmeTestServer Ca { get; private set; } = null!;

    /// <inheritdoc/>
    public override Uri DirectoryUrl => Ca.DirectoryUrl;

    /// <inheritdoc/>
    public override string RootFile => Ca.RootFile;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Environment =>
        new Dictionary<string, string> { ["CLOUDFLARE_BASE_URL"] = _cloudflare.BaseUrl.AbsoluteUri };

    /// <inheritdoc/>
    protected override EngineOptions Options => new()
    {
        Providers = [CloudflareProvider.CreateDescriptor(new CloudflareOptions { BaseUrl = _cloudflare.BaseUrl })],
        Resolver = new DnsResolverOptions
        {
            Servers = [new DnsServer(_dns.Endpoint.Address.ToString(), _dns.Endpoint.Port)],
            LocateNameServer = _ => [_dns.Endpoint],
        },
    };

    /// <summary>Starts them.</summary>
    public static async Task<ScriptedServers> StartAsync()
    {
        var servers = new ScriptedServers();
        servers._cloudflare = await CloudflareTestServer.StartAsync(
            new CloudflareTestServerOptions
            {
                MostRequests = int.MaxValue,
                OnChange = (name, values, _) =>
                {
                    servers._zones.SetTxt(name, [.. values]);
                    return Task.CompletedTask;
                },
            },
            CancellationToken.None);
        servers._cloudflare.AddToken(Token);
        servers._cloudflare.AddZone("example.org", "active", "ns1.example.org");
        servers.Ca = await AcmeTestServer.StartAsync(
            new AcmeTestServerOptions { Txt = (name, _) => Task.FromResult(servers._zones.GetTxt(name)) }, CancellationToken.None);
        return servers;
    }

    /// <inheritdoc/>
    public override string GetValidationArgument(MatrixCase matrixCase) => _dns.Endpoint.ToString();

    /// <inheritdoc/>
    protected override IssuanceSettings CreateSettings(MatrixCase matrixCase) => new() { ChallengeType = ChallengeTypes.Dns01 };

    /// <inheritdoc/>
    public override async Task PrepareAsync(MatrixCase matrixCase)
    {
        await matrixCase.Rack.PrepareAsync(CancellationToken.None);
        await matrixCase.Rack.DnsSolvers.SaveAsync(
            new DnsSolver { Id = 1, DnsZones = ["example.org"], Settings = new CloudflareSettings() },
            new DnsSecret(Token),
            CancellationToken.None);
        _cloudflare.AddRecord(RecordOf(matrixCase), "\"another's\"", "TXT");
    }

    /// <inheritdoc/>
    public override async Task SettleAsync(MatrixCase matrixCase)
    {
        while (Ca.Authorizations.Any(a => a.Identifier.Value == matrixCase.Name && a.Challenges.Any(c => c.Status == "processing")))
        {
            await Task.Delay(10);
        }
    }

    /// <inheritdoc/>
    public override Task<int> CountOrdersAsync(MatrixCase matrixCase)
    {
        var orders = Ca.Orders.Where(o => o.Identifiers.Any(i => i.Value == matrixCase.Name)).ToList();
        Assert.All(orders, o => Assert.Equal("valid", o.Status));
        Assert.Equal(orders.Count, Ca.IssuedCertificates.Count(c => c.Names.Contains(matrixCase.Name)));
        Assert.Single(orders.Select(o => o.Account).Distinct());
        return Task.FromResult(orders.Count);
    }

    /// <inheritdoc/>
    public override void AssertNothingIsPublished(MatrixCase matrixCase) =>
        Assert.Equal(["another's"], _cloudflare.Txt(RecordOf(matrixCase)));

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Ca.DisposeAsync();
        await _cloudflare.DisposeAsync();
        await _dns.DisposeAsync();
    }

    private static string RecordOf(MatrixCase matrixCase) => "_acme-challenge." + matrixCase.Name;
}
