using System.Runtime.CompilerServices;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Dns.Providers.Cloudflare;
using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.Engine.Dns.Resolution;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Racks.Local;
using ConvoxSsl.Kubernetes;
using ConvoxSsl.Kubernetes.Access;
using ConvoxSsl.Kubernetes.Scope;
using ConvoxSsl.Route53;
using ConvoxSsl.Scripts;

namespace ConvoxSsl;

/// <summary>Puts the parts together: which kinds of rack and DNS provider there are, and what an engine is made of.</summary>
internal static class CompositionRoot
{
    private const string RackVariable = "CONVOXSSL_RACK";
    private const string DnsServersVariable = "CONVOXSSL_DNS_SERVERS";
    private const string LocalName = "local";

    // One for the process, because all sessions in it share the ports; it listens only while an order needs it.
    private static readonly ChallengeSolvers Solvers = new();

    /// <summary>The time.</summary>
    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>An engine on a rack.</summary>
    public static IssuanceEngine NewEngine(IRack rack, IProgress<IssuanceEvent> events, int concurrency, VaultReader readVault) =>
        new(rack, Solvers, TimeProvider.System, events, NewEngineOptions(concurrency) with { ReadVault = readVault });

    /// <summary>The ARN of the role behind an AWS identity.</summary>
    /// <exception cref="EngineException"><c>NoAwsRole</c>: it is no role; and whatever Route53's provider throws.</exception>
    public static async Task<string> FindAwsRoleAsync(string? profileName, string? region, CancellationToken ct)
    {
        var settings = new Route53Settings { ProfileName = profileName, Region = region is null ? null : Route53Input.Region(region) };
        using var route53 = new Route53Provider(settings, (_, _) => Task.FromResult<IReadOnlyList<string>>([]), new Route53Options());
        return await route53.CallerRoleAsync(ct) ?? throw new EngineException(
            ErrorCode.NoAwsRole, EngineErrorKind.InvalidState, "The current AWS identity is a user and no role. Use its own ARN in the trust policy, or sign in with a role.", profileName);
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
        catch (EngineException e) when (e.Code == ErrorCode.DnsZoneNotFound)
        {
            return [];
        }
    }

    /// <summary>The rack that a description stands for.</summary>
    /// <param name="rack">The description.</param>
    /// <param name="log">Told of each exchange with a cluster.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="InvalidInputException">The kubeconfig does not lead to it any more.</exception>
    /// <exception cref="EngineException"><c>CredentialPluginFailed</c>.</exception>
    public static async Task<IRack> OpenAsync(ConvoxRack rack, Action<string> log, CancellationToken ct) =>
        rack.Kind == ConvoxRackKind.Local ? OpenLocal(rack) : await OpenClusterAsync(rack, log, ct);

    /// <summary>The local rack that a description stands for.</summary>
    public static IRack OpenLocal(ConvoxRack rack) => new LocalRack(rack.Name, rack.Location);

    /// <summary>Reaches a rack in a cluster, and makes sure that it is there.</summary>
    /// <param name="rack">How it is reached.</param>
    /// <param name="log">Told of each exchange.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>The rack as cmdlets take it, and a warning of what may not be done there; null where there is nothing to warn of.</returns>
    /// <exception cref="InvalidInputException">The name or the kubeconfig can't be used.</exception>
    /// <exception cref="EngineException">The cluster can't be reached or used, or has no such rack.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static async Task<(ConvoxRack Rack, string? Missing)> ConnectAsync(ConvoxRack rack, Action<string> log, CancellationToken ct)
    {
        using var opened = (KubernetesRack)await OpenClusterAsync(rack, log, ct);
        await opened.RequireReadableAsync(ct);
        var missing = await opened.FindMissingRightsAsync(ct);
        return (
            rack with { Location = opened.Location, Namespace = opened.Namespace, KubeConfig = opened.Options?.KubeConfig, Context = opened.Options?.Context, CertManager = await opened.HasCertManagerAsync(ct) },
            missing.Count == 0 ? null : Describe(rack, missing));
    }

    /// <summary>The contexts of a kubeconfig, and the racks that it tells of.</summary>
    /// <exception cref="InvalidInputException">The file can't be used.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static (IReadOnlyList<string> Contexts, IReadOnlyList<string> Racks) ReadKubeConfig(string? file) => KubernetesRack.ReadContexts(file);

    private static string Describe(ConvoxRack rack, IEnumerable<MissingPermission> missing) =>
        $"This identity may not do all that the module can do on rack '{rack.Name}'. "
            + string.Join(' ', missing.GroupBy(right => right.Purpose).Select(group => $"{group.Key} needs: {MissingPermission.Describe(group)}."))
            + " docs/rbac.md has the roles.";

    // A method of its own, so that the client's library is loaded for racks in clusters only.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<IRack> OpenClusterAsync(ConvoxRack rack, Action<string> log, CancellationToken ct)
    {
        var options = new KubernetesRackOptions { Name = rack.Name, KubeConfig = rack.KubeConfig, Context = rack.Context, Namespace = rack.Namespace };
        return await KubernetesRack.OpenAsync(options, TimeProvider.System, log, ct);
    }

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
    /// <param name="used">The racks in clusters that the session has used.</param>
    /// <param name="resolvePath">Makes a path of the session absolute.</param>
    /// <exception cref="InvalidInputException"><c>RackNotFound</c>; <c>RackAmbiguous</c>: the session has used several of that name.</exception>
    public static ConvoxRack Find(ConvoxRack? named, ConvoxRack? connected, IReadOnlyList<ConvoxRack> used, Func<string, string> resolvePath)
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

        if (FindByName(reference, connected, used) is { } known)
        {
            return known;
        }

        if (reference.Equals(LocalName, StringComparison.OrdinalIgnoreCase))
        {
            return Local(null, null);
        }

        return reference.AsSpan().IndexOfAny("/\\~.") >= 0
            ? Local(resolvePath(reference), null)
            : throw new InvalidInputException(
                ErrorCode.RackNotFound,
                $"No rack '{reference}' is connected. Connect it with Connect-ConvoxRack -Name {reference}, or name a directory such as ./{reference}, or '{LocalName}'.",
                reference);
    }

    // Two clusters may each have a rack of that name, and objects in a pipeline tell only the name.
    private static ConvoxRack? FindByName(string name, ConvoxRack? connected, IReadOnlyList<ConvoxRack> used)
    {
        var found = used.Append(connected).OfType<ConvoxRack>().Where(rack => rack.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).DistinctBy(rack => (rack.Location, rack.Namespace)).ToArray();
        return found.Length <= 1
            ? found.FirstOrDefault()
            : throw new InvalidInputException(
                ErrorCode.RackAmbiguous,
                $"This session has used several racks named '{name}', at {string.Join(" and ", found.Select(rack => $"{rack.Location} ({rack.Namespace})"))}. Give as -Rack what Connect-ConvoxRack gave, or use a session for each.",
                name);
    }
}
