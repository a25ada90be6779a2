using System.Text.Json;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Providers.Cloudflare;
using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Solvers;

/// <summary>
/// Convox's list of solvers, <c>{"role":…,"solvers":[{"id":1,"dns-zones":[…],"route53":{…}}]}</c>. Unknown fields and the
/// order of entries are preserved. A Cloudflare entry contains no credential.
/// </summary>
/// <seealso href="https://github.com/convox/convox/blob/master/pkg/structs/dns.go"/>
internal sealed class LetsEncryptConfig
{
    /// <summary>The name of the Secret in cert-manager's namespace.</summary>
    public const string SecretName = "letsencrypt-config";

    /// <summary>The field manager with which the rack's API applies the Secret without force; fields of others would conflict.</summary>
    public const string Owner = "convox-system";

    private const string Key = "config";
    private const string IdName = "id";
    private const string ZonesName = "dns-zones";
    private const string Route53Name = "route53";
    private const string CloudflareName = "cloudflare";
    private const string HostedZoneName = "hosted-zone-id";
    private const string RegionName = "region";
    private const string RoleName = "role";
    private const string EmailName = "email";

    private readonly JsonObject _root;
    private readonly JsonNode _before;
    private readonly JsonArray _entries;

    private LetsEncryptConfig(JsonObject root)
    {
        _root = root;
        _before = root.DeepClone();
        if (root["solvers"] is not { } solvers)
        {
            // Convox writes null for an empty list.
            root["solvers"] = solvers = new JsonArray();
        }

        _entries = solvers.AsArray();
        Solvers = [.. _entries.Select(e => ReadEntry(e!.AsObject())).Where(s => s.Id > 0).DistinctBy(s => s.Id)];
        Role = Text(root[RoleName]);
    }

    /// <summary>The entries with an id, in their order; an entry with an unknown provider has no settings.</summary>
    public IReadOnlyList<DnsSolver> Solvers { get; }

    /// <summary>The AWS role of the rack's cert-manager.</summary>
    public string? Role { get; }

    /// <summary>Reads the configuration; without a Secret it is empty.</summary>
    /// <exception cref="EngineException"><c>SolversDamaged</c>.</exception>
    public static LetsEncryptConfig Read(JsonObject? secret)
    {
        try
        {
            var text = secret.RequireDataText(Key);
            return new LetsEncryptConfig(string.IsNullOrWhiteSpace(text) ? [] : JsonNode.Parse(text)?.AsObject() ?? []);
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException or InvalidOperationException
            or NullReferenceException)
        {
            // The parser's message may quote the contents.
            throw new EngineException(
                ErrorCode.SolversDamaged,
                EngineErrorKind.InvalidData,
                $"The key '{Key}' of the Secret '{RackScope.CertManagerNamespace}/{SecretName}' is not the JSON that Convox writes. "
                    + "Nothing was changed.",
                SecretName)
            {
                Remedy = "Correct it, or delete the Secret and add the solvers again.",
            };
        }
    }

    /// <summary>Creates an empty Secret, as the rack's API would.</summary>
    public static JsonObject NewSecret(RackScope scope)
    {
        var secret = SecretObject.New(
            SecretName, SecretObject.OpaqueType, (RackScope.SystemLabel, RackScope.Convox), (RackScope.RackLabel, scope.Name));
        secret.SetDataText(Key, """{"solvers":[]}""");
        return secret;
    }

    /// <summary>True if the id belongs to an entry whose provider neither this module nor Convox supports.</summary>
    public bool IsForeign(int id) => Find(id) is { } entry
        && ReadEntry(entry) is { Settings: null }
        && entry.Any(m => m.Key is not (IdName or ZonesName or Route53Name or CloudflareName) && m.Value is JsonObject);

    /// <summary>Adds or updates an entry.</summary>
    public void Put(DnsSolver solver)
    {
        if (Find(solver.Id) is not { } entry)
        {
            _entries.Add((JsonNode)(entry = new JsonObject { [IdName] = solver.Id }));
        }

        if (!SolverZones.AreSame(SolverZones.Read(entry[ZonesName]), solver.DnsZones) || entry[ZonesName] is null)
        {
            entry[ZonesName] = SolverZones.ToJson(solver.DnsZones);
        }

        if (solver.Settings is Route53Settings route53)
        {
            entry.Remove(CloudflareName);
            var settings = Settings(entry, Route53Name);
            Set(settings, HostedZoneName, route53.HostedZoneId);
            Set(settings, RegionName, route53.Region);
            Set(settings, RoleName, route53.Role);
        }
        else if (solver.Settings is CloudflareSettings cloudflare)
        {
            if (entry[Route53Name] is not null)
            {
                entry.Remove(Route53Name);
            }

            Set(Settings(entry, CloudflareName), EmailName, cloudflare.Email);
        }
    }

    /// <summary>Removes an entry.</summary>
    public void Remove(int id)
    {
        while (Find(id) is { } entry)
        {
            _entries.Remove(entry);
        }
    }

    /// <summary>Writes the configuration to its Secret if it has changed.</summary>
    public void WriteTo(JsonObject secret)
    {
        if (!JsonNode.DeepEquals(_root, _before))
        {
            secret.SetDataText(Key, _root.ToJsonString());
        }
    }

    private JsonObject? Find(int id) => _entries.OfType<JsonObject>().FirstOrDefault(e => IdOf(e) == id);

    private static DnsSolver ReadEntry(JsonObject entry) => new()
    {
        Id = IdOf(entry),
        DnsZones = SolverZones.Read(entry[ZonesName]),
        Settings = ReadSettings(entry),
    };

    private static DnsProviderSettings? ReadSettings(JsonObject entry)
    {
        if (entry[Route53Name]?.AsObject() is { } route53)
        {
            return new Route53Settings
            {
                HostedZoneId = Text(route53[HostedZoneName]),
                Region = Text(route53[RegionName]),
                Role = Text(route53[RoleName]),
            };
        }

        return entry[CloudflareName]?.AsObject() is { } cloudflare ? new CloudflareSettings { Email = Text(cloudflare[EmailName]) } : null;
    }

    private static int IdOf(JsonObject entry) => entry[IdName]?.GetValue<int>() ?? 0;

    // Convox writes an empty text for a missing value.
    private static string? Text(JsonNode? value) => value?.GetValue<string>() is { Length: > 0 } text ? text : null;

    private static JsonObject Settings(JsonObject entry, string name)
    {
        if (entry[name] is not JsonObject settings)
        {
            entry[name] = settings = [];
        }

        return settings;
    }

    private static void Set(JsonObject settings, string name, string? value)
    {
        if (Text(settings[name]) == value)
        {
            return;
        }

        if (value is null)
        {
            settings.Remove(name);
        }
        else
        {
            settings[name] = value;
        }
    }
}
