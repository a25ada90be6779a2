using System.Text.Json;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Solvers;

/// <summary>
/// A backup of the solvers in the rack's namespace, because upgrading cert-manager deletes its namespace and Convox does not
/// support all settings. One Secret contains the settings and one key per credential.
/// </summary>
internal sealed class SolverBackup
{
    /// <summary>The name of the Secret in the rack's namespace.</summary>
    public const string SecretName = RackScope.Prefix + "solvers";

    private const string Key = "solvers";
    private const string FormerZonesName = "formerZones";

    private readonly RackScope _scope;
    private readonly DnsSolverFormat _format;
    private readonly JsonObject _secret;
    private readonly JsonObject _root;
    private readonly Dictionary<int, (DnsSolver Solver, JsonObject Json)> _entries = [];

    private SolverBackup(JsonObject? secret, RackScope scope, DnsSolverFormat format)
    {
        _format = format;
        _scope = scope;
        _secret = secret ?? SecretObject.New(
            SecretName, SecretObject.OpaqueType, (RackScope.ManagedByLabel, RackScope.ManagedBy), (RackScope.KindLabel, "solvers"));
        var text = secret.RequireDataText(Key);
        _root = string.IsNullOrWhiteSpace(text) ? [] : JsonNode.Parse(text)!.AsObject();
        foreach (var node in _root[Key]?.AsArray() ?? [])
        {
            var solver = format.Read(node.Deserialize(SolverBackupJson.Default.StoredDnsSolver) ?? throw new JsonException());
            _entries[solver.Id] = (solver, node!.AsObject());
        }
    }

    public IEnumerable<DnsSolver> Solvers => _entries.Values.Select(e => e.Solver);

    /// <summary>Reads the backup; without a Secret it is empty.</summary>
    /// <exception cref="EngineException"><c>SolversDamaged</c>.</exception>
    public static SolverBackup Read(JsonObject? secret, RackScope scope, DnsSolverFormat format)
    {
        try
        {
            return new SolverBackup(secret, scope, format);
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException or InvalidOperationException
            or NullReferenceException)
        {
            // The parser's message may quote the contents.
            throw new EngineException(
                ErrorCode.SolversDamaged,
                EngineErrorKind.InvalidData,
                $"The key '{Key}' of the Secret '{scope.Namespace}/{SecretName}' is damaged. Nothing was changed.",
                SecretName)
            {
                Remedy = new Remedy("SolversDamaged.Backup"),
            };
        }
    }

    /// <summary>Finds a solver by its id.</summary>
    public DnsSolver? Find(int id) => _entries.TryGetValue(id, out var entry) ? entry.Solver : null;

    /// <summary>Gets the solver's zones from before changes that have not reached cert-manager yet.</summary>
    public IReadOnlyList<IReadOnlyList<string>> FormerZones(int id) =>
        _entries.TryGetValue(id, out var entry) && entry.Json[FormerZonesName] is JsonArray lists
        ? [.. lists.Select(SolverZones.Read)]
        : [];

    /// <summary>Gets a credential; null if there is none.</summary>
    /// <exception cref="EngineException"><c>SecretDamaged</c>.</exception>
    public DnsSecret? Secret(string name)
    {
        try
        {
            return _secret.RequireDataText(name) is { Length: > 0 } value ? new DnsSecret(value) : null;
        }
        catch (FormatException)
        {
            throw new EngineException(
                ErrorCode.SecretDamaged,
                EngineErrorKind.InvalidData,
                $"The key '{name}' of the Secret '{_scope.Namespace}/{SecretName}' is damaged.",
                name)
            {
                Remedy = new Remedy("SecretDamaged.DnsSolver"),
            };
        }
    }

    /// <summary>Adds or updates a solver. Without a new credential, keeps the existing one unless the new one is in a vault.</summary>
    public void Put(DnsSolver solver, DnsSecret? secret, IReadOnlyList<IReadOnlyList<string>> formerZones)
    {
        var json = JsonSerializer.SerializeToNode(_format.Write(solver), SolverBackupJson.Default.StoredDnsSolver)!.AsObject();
        if (_entries.TryGetValue(solver.Id, out var before))
        {
            _format.KeepUnknown(before.Json, json, SolverBackupJson.Default.StoredDnsSolver);
            json.Remove(FormerZonesName);
        }

        if (formerZones.Count > 0)
        {
            json[FormerZonesName] = new JsonArray([.. formerZones.Select(z => (JsonNode)SolverZones.ToJson(z))]);
        }

        Replace(solver.Id, json, solver);
        if (solver.SecretName is { } name && (secret is not null || solver.VaultSecret is not null))
        {
            _secret.SetDataText(name, secret?.Value);
        }
    }

    /// <summary>Copies changes that another program, such as the Convox CLI, has made.</summary>
    public void Learn(IEnumerable<DnsSolver> solvers)
    {
        foreach (var solver in solvers)
        {
            if (Find(solver.Id) is not { } current || Text(current) != Text(solver))
            {
                Put(solver, null, FormerZones(solver.Id));
            }
        }

        string Text(DnsSolver solver) => JsonSerializer.Serialize(_format.Write(solver), SolverBackupJson.Default.StoredDnsSolver);
    }

    /// <summary>Removes the former zones after all changes of the solver have reached cert-manager.</summary>
    public void ForgetFormerZones(int id)
    {
        if (_entries.TryGetValue(id, out var entry) && entry.Json.Remove(FormerZonesName))
        {
            Replace(id, entry.Json, entry.Solver);
        }
    }

    /// <summary>Removes a solver and its credential.</summary>
    public void Remove(int id)
    {
        if (_entries.Remove(id, out var entry))
        {
            entry.Json.Parent!.AsArray().Remove(entry.Json);
            if (entry.Solver.SecretName is { } name)
            {
                _secret.SetDataText(name, null);
            }
        }
    }

    /// <summary>Gets the Secret with all changes.</summary>
    public JsonObject ToSecret()
    {
        _secret.SetDataText(Key, _root.ToJsonString());
        return _secret;
    }

    private void Replace(int id, JsonObject json, DnsSolver solver)
    {
        if (_root[Key] is not JsonArray list)
        {
            _root[Key] = list = [];
        }

        if (_entries.TryGetValue(id, out var before) && before.Json != json)
        {
            list[list.IndexOf(before.Json)] = json;
        }
        else if (json.Parent is null)
        {
            list.Add((JsonNode)json);
        }

        _entries[id] = (solver, json);
    }
}
