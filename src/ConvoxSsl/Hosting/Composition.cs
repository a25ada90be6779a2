using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Dns;
using ConvoxSsl.Engine.Dns.Cloudflare;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Racks;
using ConvoxSsl.Engine.Racks.Local;
using ConvoxSsl.Route53;

namespace ConvoxSsl.Hosting;

/// <summary>Puts the parts together: which kinds of rack and DNS provider there are, and what an engine is made of.</summary>
internal static class Composition
{
    private const string RackVariable = "CONVOXSSL_RACK";
    private const string DnsServersVariable = "CONVOXSSL_DNS_SERVERS";
    private const string LocalName = "local";

    // One for the process, because all sessions in it share the ports; it listens only while an order needs it.
    private static readonly ChallengeSolvers Solvers = new();

    /// <summary>The time.</summary>
    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>An engine on a rack.</summary>
    public static IssuanceEngine NewEngine(IRack rack, IProgress<IssuanceEvent> events, int concurrency) =>
        new(rack, Solvers, TimeProvider.System, events, NewEngineOptions(concurrency));

    /// <summary>The ARN of the role behind an AWS identity.</summary>
    /// <exception cref="EngineException"><c>NoAwsRole</c>: it is no role; and whatever Route53's provider throws.</exception>
    public static async Task<string> FindAwsRoleAsync(string? profileName, string? region, CancellationToken ct)
    {
        var settings = new Route53Settings { ProfileName = profileName, Region = region is null ? null : Route53Input.Region(region) };
        using var route53 = new Route53Provider(settings, (_, _) => Task.FromResult<IReadOnlyList<string>>([]), new Route53Options());
        return await route53.CallerRoleAsync(ct) ?? throw new EngineException(
            "NoAwsRole", EngineErrorKind.InvalidState, "The current AWS identity is a user and no role. Use its own ARN in the trust policy, or sign in with a role.", profileName);
    }

    /// <summary>What an engine is made of. A DNS provider more is a line more.</summary>
    private static EngineOptions NewEngineOptions(int concurrency)
    {
        var resolver = Environment.GetEnvironmentVariable(DnsServersVariable) is { Length: > 0 } servers
            ? new DnsResolverOptions { Servers = DnsServerList.Parse(servers) }
            : new DnsResolverOptions();
        return new EngineOptions
        {
            Concurrency = concurrency,
            Resolver = resolver,
            Providers =
            [
                Route53Provider.Factory((zone, ct) => FindNameServersAsync(new DnsResolver(resolver), zone, ct), new Route53Options()),
                CloudflareProvider.Factory(new CloudflareOptions()),
                ScriptDnsProvider.ScriptFactory(new DnsResolver(resolver).FindZoneAsync),
                ScriptDnsProvider.PoshAcmeFactory(new DnsResolver(resolver).FindZoneAsync),
            ],
        };
    }

    private static async Task<IReadOnlyList<string>> FindNameServersAsync(DnsResolver resolver, string zone, CancellationToken ct)
    {
        try
        {
            return await resolver.GetNameServersAsync(zone, ct);
        }
        catch (EngineException e) when (e.Code == "DnsZoneNotFound")
        {
            return [];
        }
    }

    /// <summary>The rack that a description stands for.</summary>
    public static IRack Open(ConvoxRack rack) => rack.Kind switch
    {
        ConvoxRackKind.Local => new LocalRack(rack.Name, rack.Location),
        _ => throw new InvalidInputException("RackNotSupported", $"Racks of kind {rack.Kind} are not supported by this version. Use a local one.", rack.Name),
    };

    /// <summary>The local rack in a directory; without one, where <c>CONVOXSSL_HOME</c> or the user's data is.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="name">What users call it; by default its directory.</param>
    public static ConvoxRack Local(string? path, string? name)
    {
        var location = Path.GetFullPath(path ?? LocalRack.DefaultPath());
        return new ConvoxRack { Name = name ?? (path is null ? LocalName : location), Kind = ConvoxRackKind.Local, Location = location };
    }

    /// <summary>
    /// The rack that a cmdlet works on: the one that is named, else the connected one, else that of
    /// <c>CONVOXSSL_RACK</c>, else the local one.
    /// </summary>
    /// <param name="named">What <c>-Rack</c> was given.</param>
    /// <param name="connected">The session's rack.</param>
    /// <param name="resolvePath">Makes a path of the session absolute.</param>
    /// <exception cref="InvalidInputException"><c>RackNotFound</c>.</exception>
    public static ConvoxRack Find(ConvoxRack? named, ConvoxRack? connected, Func<string, string> resolvePath)
    {
        if (named is { IsReference: false })
        {
            return named;
        }

        var reference = named?.Name ?? (connected is null ? Environment.GetEnvironmentVariable(RackVariable) : null);
        if (string.IsNullOrEmpty(reference))
        {
            return connected ?? Local(null, null);
        }

        if (reference.Equals(connected?.Name, StringComparison.OrdinalIgnoreCase))
        {
            return connected!;
        }

        if (reference.Equals(LocalName, StringComparison.OrdinalIgnoreCase))
        {
            return Local(null, null);
        }

        return reference.AsSpan().IndexOfAny("/\\~.") >= 0
            ? Local(resolvePath(reference), null)
            : throw new InvalidInputException(
                "RackNotFound",
                $"No rack '{reference}' is connected. Connect it with Connect-ConvoxRack, or name a directory such as ./{reference}, or '{LocalName}'.",
                reference);
    }
}
