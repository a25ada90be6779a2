using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Storage;

namespace ConvoxSsl.Engine.Racks.Local;

/// <summary>Stores the state of the rack in state.json, and changes it under a lock.</summary>
internal sealed class LocalRackStateStore(RackDirectory rack, Func<CancellationToken, Task<IAsyncDisposable>> lockAsync) : IRackStateStore
{
    private readonly string _file = Path.Combine(rack.Location, "state.json");

    public async Task<RackState> ReadAsync(CancellationToken ct)
    {
        await rack.RequireReadableAsync(ct).ConfigureAwait(false);
        return await AtomicFile.TryReadAsync(_file, ct).ConfigureAwait(false) is { } json ? Parse(json) : new RackState();
    }

    public async Task UpdateAsync(Func<RackState, RackState> change, CancellationToken ct)
    {
        await using var held = await lockAsync(ct).ConfigureAwait(false);
        await rack.RequireReadableAsync(ct).ConfigureAwait(false);
        var json = await AtomicFile.TryReadAsync(_file, ct).ConfigureAwait(false);
        var before = json is null ? new RackState() : Parse(json);
        var after = change(before);
        if (ReferenceEquals(before, after))
        {
            return;
        }

        var document = JsonSerializer.SerializeToNode(after, LocalRackJson.Default.RackState)!.AsObject();
        UnknownMembers.Keep(json is null ? null : JsonNode.Parse(json)!.AsObject(), document, LocalRackJson.Default.RackState);
        AtomicFile.RemoveUnfinished(_file);
        var text = document.ToJsonString(LocalRackJson.Default.Options);
        await AtomicFile.WritePrivateAsync(_file, Encoding.UTF8.GetBytes(text), ct).ConfigureAwait(false);
    }

    private RackState Parse(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, LocalRackJson.Default.RackState) ?? throw Damaged(null);
        }
        catch (JsonException e)
        {
            throw Damaged(e);
        }
    }

    // The parser's message may quote the file, which contains failures of DNS providers.
    private EngineException Damaged(JsonException? cause) => new(
        ErrorCode.RackDamaged,
        EngineErrorKind.InvalidData,
        $"The file '{_file}' is damaged{(cause is null ? string.Empty : $" at line {cause.LineNumber + 1}")}.",
        _file)
    {
        Remedy = "Delete it; only the default issuer and the status of the DNS solvers are lost.",
    };
}
