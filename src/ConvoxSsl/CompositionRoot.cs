using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Providers.Cloudflare;
using ConvoxSsl.Engine.Dns.Resolution;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Publishing.Targets;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Racks.Local;
using ConvoxSsl.Errors;
using ConvoxSsl.Route53;
using ConvoxSsl.Scripts;

namespace ConvoxSsl;

/// <summary>Names the kinds of racks and the DNS providers, and creates engines with them.</summary>
internal static partial class CompositionRoot
{
    private const string DnsServersVariable = "CONVOXSSL_DNS_SERVERS";

    // One instance per process, because all sessions share the ports. A listener runs only while an order needs it.
    private static readonly ChallengeSolvers Solvers = new();

    /// <summary>The DNS providers, one per line.</summary>
    public static IReadOnlyList<DnsProviderDescriptor> Providers { get; } =
    [
        Route53Provider.CreateDescriptor(new Route53Options()),
        CloudflareProvider.CreateDescriptor(new CloudflareOptions()),
        ScriptDnsProvider.CreateScriptDescriptor(),
        ScriptDnsProvider.CreatePoshAcmeDescriptor(),
    ];

    /// <summary>Opens a rack.</summary>
    /// <param name="rack">The description of the rack.</param>
    /// <param name="log">Receives each HTTP request to a cluster.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="InvalidInputException">The kubeconfig is not valid or no longer has the context.</exception>
    /// <exception cref="EngineException"><c>CredentialPluginFailed</c>.</exception>
    public static async Task<IRack> OpenAsync(ConvoxRack rack, Action<string> log, CancellationToken ct) =>
        rack.Kind == ConvoxRackKind.Local ? OpenLocal(rack) : await OpenKubernetesRackAsync(rack, log, ct);

    /// <summary>Opens a local rack.</summary>
    public static IRack OpenLocal(ConvoxRack rack) => new LocalRack(rack.Name, rack.Location, Providers);

    /// <summary>Creates an engine on a rack.</summary>
    public static IssuanceEngine NewEngine(
        IRack rack, IProgress<IssuanceEvent> events, int concurrency, VaultReader readVault, TargetScriptRunner runScript) => new(
        rack,
        Solvers,
        TimeProvider.System,
        events,
        NewEngineOptions(concurrency) with { ReadVault = readVault, RunScript = runScript });

    /// <summary>Finds the role of the current AWS identity. See <see cref="CallerRole"/>.</summary>
    public static Task<string> FindAwsRoleAsync(string? profileName, string? region, CancellationToken ct) =>
        CallerRole.FindAsync(profileName, region, new Route53Options(), ct);

    private static EngineOptions NewEngineOptions(int concurrency) =>
        new()
        {
            Concurrency = concurrency,
            Resolver = ReadResolverOptions(),
            Providers = Providers,
            DescribeRemedy = remedy => Remedies.Describe(remedy),
        };

    private static DnsResolverOptions ReadResolverOptions() =>
        Environment.GetEnvironmentVariable(DnsServersVariable) is { Length: > 0 } servers
        ? new DnsResolverOptions { Servers = DnsServerList.Parse(servers) }
        : new DnsResolverOptions();
}
