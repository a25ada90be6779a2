using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Resolution;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Issuance.RateLimits.Published;
using ConvoxSsl.Engine.Publishing.Reload;
using ConvoxSsl.Engine.Publishing.Targets;

namespace ConvoxSsl.Engine.Issuance.Context;

/// <summary>The options of an engine.</summary>
public sealed record EngineOptions
{
    /// <summary>The registered DNS providers.</summary>
    public IReadOnlyList<DnsProviderDescriptor> Providers { get; init; } = [];

    /// <summary>Reads credentials from the user's vault; null if there is none.</summary>
    public VaultReader? ReadVault { get; init; }

    /// <summary>
    /// Returns the text of a remedy, for remembered failures and messages to the webhook; null if it has none. The default knows
    /// only advice that names no cmdlet or parameter.
    /// </summary>
    public Func<Remedy, string?> DescribeRemedy { get; init; } = remedy => remedy.Text;

    /// <summary>The default options of DNS lookups.</summary>
    public DnsResolverOptions Resolver { get; init; } = new();

    /// <summary>Returns the limits of the CA with a directory; null if they are not known.</summary>
    public Func<Uri, CaLimits?> Limits { get; init; } = WellKnownLimits.Find;

    /// <summary>The name of this machine, which delivers to its own targets only.</summary>
    public string Machine { get; init; } = Environment.MachineName;

    /// <summary>Runs the scripts of targets; null if there is no PowerShell.</summary>
    public TargetScriptRunner? RunScript { get; init; }

    /// <summary>The services of this machine, which are reloaded after a delivery.</summary>
    public IServiceManager Services { get; init; } = ReloadCommand.CreateServiceManager();

    /// <summary>The maximum number of concurrent requests to one CA. Default: 8.</summary>
    public int Concurrency { get; init; } = DefaultConcurrency;

    /// <summary>The default of <see cref="Concurrency"/>.</summary>
    public const int DefaultConcurrency = 8;
}
