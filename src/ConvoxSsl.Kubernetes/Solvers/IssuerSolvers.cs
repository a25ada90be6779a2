using System.Text.Json.Nodes;
using ConvoxSsl.Engine.Dns.Providers.Cloudflare;
using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.Engine.Dns.Solvers;

namespace ConvoxSsl.Kubernetes.Solvers;

/// <summary>
/// The solvers of a ClusterIssuer. An entry belongs to the module if it has the provider and the zones of a configured solver;
/// all other entries, their order, and unknown fields are preserved.
/// </summary>
/// <seealso href="https://cert-manager.io/docs/reference/api-docs/#acme.cert-manager.io/v1.ACMEChallengeSolver"/>
internal sealed class IssuerSolvers
{
    private const string TokenKey = "api-token";
    private const string KeyKey = "api-key";

    private readonly JsonArray _list;

    private IssuerSolvers(JsonArray list) => _list = list;

    /// <summary>Reads a ClusterIssuer's solvers; null if it is not an ACME issuer.</summary>
    public static IssuerSolvers? Read(JsonObject? issuer)
    {
        if (issuer?["spec"]?["acme"] is not JsonObject acme)
        {
            return null;
        }

        if (acme["solvers"] is not JsonArray list)
        {
            acme["solvers"] = list = [];
        }

        return new IssuerSolvers(list);
    }

    /// <summary>The possible keys of a credential in its Secret.</summary>
    public static IReadOnlyList<string> CredentialKeys { get; } = [TokenKey, KeyKey];

    /// <summary>Gets the key of the credential in its Secret: a global API key comes with an email address, a token does not.</summary>
    public static string KeyOf(CloudflareSettings settings) => settings.Email is null ? TokenKey : KeyKey;

    /// <summary>The regions of the Route53 solvers.</summary>
    public IEnumerable<string> Regions =>
        _list.Select(e => (string?)Provider(e, "route53")?["region"]).OfType<string>().Where(r => r.Length > 0);

    /// <summary>True if the issuer has the solver with exactly these settings.</summary>
    public bool Has(DnsSolver solver) => _list.Any(e => IsExactly(e, solver));

    /// <summary>Adds or updates a solver, and adds other configured solvers that are missing.</summary>
    /// <param name="solver">The solver.</param>
    /// <param name="before">The solver's previous states, as far as they are known.</param>
    /// <param name="others">The other configured solvers.</param>
    public void Put(DnsSolver solver, IReadOnlyList<DnsSolver> before, IReadOnlyList<DnsSolver> others)
    {
        var mine = FindMine([solver, .. before], others);
        if ((mine.Find(e => IsExactly(e, solver)) ?? mine.FirstOrDefault()) is { } kept)
        {
            Fill(kept, solver);
            Drop(mine.Where(e => e != kept));
        }
        else
        {
            _list.Add((JsonNode)NewEntry(solver));
        }

        AddMissing(others);
    }

    /// <summary>Removes a solver, and adds other configured solvers that are missing.</summary>
    public void Remove(IReadOnlyList<DnsSolver> before, IReadOnlyList<DnsSolver> others)
    {
        Drop(FindMine(before, others));
        AddMissing(others);
    }

    private void AddMissing(IReadOnlyList<DnsSolver> others)
    {
        foreach (var other in others.Where(o => !_list.Any(e => Is(e, o))))
        {
            _list.Add((JsonNode)NewEntry(other));
        }
    }

    private void Drop(IEnumerable<JsonObject> entries)
    {
        foreach (var entry in entries)
        {
            _list.Remove(entry);
        }
    }

    // Two solvers may have the same zones: an entry that matches another solver exactly belongs to that one.
    private List<JsonObject> FindMine(IReadOnlyList<DnsSolver> states, IReadOnlyList<DnsSolver> others)
    {
        var claimed = new List<JsonNode?>();
        foreach (var other in others)
        {
            claimed.Add(_list.FirstOrDefault(e => !claimed.Contains(e) && IsExactly(e, other)));
        }

        return [.. _list.OfType<JsonObject>().Where(e => !claimed.Contains(e) && states.Any(s => Is(e, s)))];
    }

    private static bool Is(JsonNode? entry, DnsSolver solver) =>
        Provider(entry, ProviderName(solver)) is not null
        && SolverZones.AreSame(SolverZones.Read(entry!["selector"]?["dnsZones"]), solver.DnsZones);

    private static bool IsExactly(JsonNode? entry, DnsSolver solver)
    {
        if (entry is not JsonObject || !Is(entry, solver))
        {
            return false;
        }

        var filled = entry.DeepClone().AsObject();
        Fill(filled, solver);
        return JsonNode.DeepEquals(filled, entry);
    }

    private static JsonObject? Provider(JsonNode? entry, string name) =>
        (entry as JsonObject)?["dns01"] is JsonObject dns01 ? dns01[name] as JsonObject : null;

    private static string ProviderName(DnsSolver solver) => solver.Settings is CloudflareSettings ? "cloudflare" : "route53";

    private static JsonObject NewEntry(DnsSolver solver)
    {
        var entry = new JsonObject
        {
            ["selector"] = new JsonObject(),
            ["dns01"] = new JsonObject { [ProviderName(solver)] = new JsonObject() },
        };
        Fill(entry, solver);
        return entry;
    }

    private static void Fill(JsonObject entry, DnsSolver solver)
    {
        if (!SolverZones.AreSame(SolverZones.Read(entry["selector"]?["dnsZones"]), solver.DnsZones))
        {
            entry["selector"] ??= new JsonObject();
            entry["selector"]!["dnsZones"] = SolverZones.ToJson(solver.DnsZones);
        }

        if (solver.Settings is Route53Settings route53)
        {
            var settings = Provider(entry, "route53")!;
            Set(settings, "region", route53.Region ?? (string?)settings["region"]);
            Set(settings, "hostedZoneID", route53.HostedZoneId);
            Set(settings, "role", route53.Role);
        }
        else if (solver.Settings is CloudflareSettings cloudflare)
        {
            var settings = Provider(entry, "cloudflare")!;
            var isToken = cloudflare.Email is null;
            Set(settings, "apiTokenSecretRef", isToken ? Reference(solver, cloudflare) : null);
            Set(settings, "apiKeySecretRef", isToken ? null : Reference(solver, cloudflare));
            Set(settings, "email", cloudflare.Email);
        }
    }

    private static JsonObject Reference(DnsSolver solver, CloudflareSettings settings) =>
        new() { ["name"] = solver.SecretName, ["key"] = KeyOf(settings) };

    private static void Set(JsonObject settings, string name, JsonNode? value)
    {
        if (value is null)
        {
            // An empty text is equivalent to none.
            if (settings[name] is not JsonValue text || !text.TryGetValue<string>(out var present) || present.Length > 0)
            {
                settings.Remove(name);
            }
        }
        else if (!JsonNode.DeepEquals(settings[name], value))
        {
            settings[name] = value;
        }
    }
}
