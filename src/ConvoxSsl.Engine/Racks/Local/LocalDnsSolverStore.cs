using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Racks.Local;

/// <summary>Stores solvers in solvers.json, and each credential in secrets/&lt;name&gt;.json.</summary>
internal sealed class LocalDnsSolverStore(RackDirectory rack, DnsSolverFormat format) : IDnsSolverStore
{
    private const string SolversName = "solvers";
    private const string IdName = "id";

    private readonly string _file = Path.Combine(rack.Location, "solvers.json");

    public async Task<IReadOnlyList<DnsSolver>> ListAsync(CancellationToken ct)
    {
        await rack.RequireReadableAsync(ct).ConfigureAwait(false);
        if (await AtomicFile.TryReadAsync(_file, ct).ConfigureAwait(false) is not { } json)
        {
            return [];
        }

        try
        {
            return JsonSerializer.Deserialize(json, LocalRackJson.Default.SolverFile) is { Solvers: { } solvers }
                ? [.. solvers.Select(Read).OrderBy(s => s.Id)]
                : throw Damaged(null);
        }
        catch (JsonException e)
        {
            throw Damaged(e);
        }
    }

    public async Task SaveAsync(DnsSolver solver, DnsSecret? secret, CancellationToken ct)
    {
        var others = (await ListAsync(ct).ConfigureAwait(false)).Where(s => s.Id != solver.Id);
        if (secret is not null && solver.SecretName is { } name)
        {
            PrivateDirectory.Create(Path.GetDirectoryName(SecretFileOf(name))!);
            AtomicFile.RemoveUnfinished(SecretFileOf(name));
            await SecretFile.WriteAsync(SecretFileOf(name), secret.Value, ct).ConfigureAwait(false);
        }

        await WriteAsync([.. others, solver], ct).ConfigureAwait(false);
        if (solver is { VaultSecret: not null, SecretName: { } replaced })
        {
            AtomicFile.Remove(SecretFileOf(replaced));
        }
    }

    public async Task<DnsSecret?> ReadSecretAsync(DnsSolver solver, CancellationToken ct) =>
        solver.SecretName is { } name
        && await SecretFile.TryReadAsync(SecretFileOf(name), "SecretDamaged.DnsSolver", ct).ConfigureAwait(false) is { } value
            ? new DnsSecret(value)
            : null;

    public async Task RemoveAsync(int id, CancellationToken ct)
    {
        var all = await ListAsync(ct).ConfigureAwait(false);
        if (all.FirstOrDefault(s => s.Id == id) is not { } solver)
        {
            return;
        }

        await WriteAsync([.. all.Where(s => s.Id != id)], ct).ConfigureAwait(false);
        if (solver.SecretName is { } name)
        {
            AtomicFile.RemoveUnfinished(SecretFileOf(name));
            AtomicFile.Remove(SecretFileOf(name));
        }
    }

    private DnsSolver Read(StoredDnsSolver stored)
    {
        try
        {
            return format.Read(stored);
        }
        catch (JsonException)
        {
            // Its line number counts from the beginning of the settings.
            throw Damaged(null);
        }
    }

    private async Task WriteAsync(IReadOnlyList<DnsSolver> solvers, CancellationToken ct)
    {
        var file = JsonSerializer.SerializeToNode(
            new SolverFile([.. solvers.OrderBy(s => s.Id).Select(format.Write)]), LocalRackJson.Default.SolverFile)!.AsObject();
        if (await AtomicFile.TryReadAsync(_file, ct).ConfigureAwait(false) is { } json && JsonNode.Parse(json) is JsonObject before)
        {
            UnknownMembers.Keep(before, file, LocalRackJson.Default.SolverFile);
            foreach (var entry in Entries(file))
            {
                var old = Entries(before).FirstOrDefault(e => JsonNode.DeepEquals(e[IdName], entry[IdName]));
                format.KeepUnknown(old, entry, LocalRackJson.Default.StoredDnsSolver);
            }
        }

        AtomicFile.RemoveUnfinished(_file);
        await AtomicFile.WritePrivateAsync(
            _file, Encoding.UTF8.GetBytes(file.ToJsonString(LocalRackJson.Default.Options)), ct).ConfigureAwait(false);
    }

    private static IEnumerable<JsonObject> Entries(JsonObject file) => file[SolversName]!.AsArray().Select(e => e!.AsObject());

    private string SecretFileOf(string name) => Path.Combine(rack.Location, "secrets", name + ".json");

    // The parser's message may quote the file, which may contain a script.
    private EngineException Damaged(JsonException? cause) => new(
        ErrorCode.SolversDamaged,
        EngineErrorKind.InvalidData,
        $"The file '{_file}' is damaged{(cause is null ? string.Empty : $" at line {cause.LineNumber + 1}")}.",
        _file)
    {
        Remedy = "Restore it from a backup, or delete it and add the solvers again.",
    };
}
