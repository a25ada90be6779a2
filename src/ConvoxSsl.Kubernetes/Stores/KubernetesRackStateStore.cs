using System.Text.Json;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Stores;

/// <summary>Stores the state of the rack in one Secret.</summary>
internal sealed class KubernetesRackStateStore(ClusterApi api, RackScope scope) : IRackStateStore
{
    private const string SecretName = RackScope.Prefix + "state";
    private const string StateKey = "state.json";

    private readonly OwnSecrets _secrets = new(api, scope, "state");

    public async Task<RackState> ReadAsync(CancellationToken ct) =>
        await _secrets.FindAsync(SecretName, ct).ConfigureAwait(false) is { } secret ? Read(secret) : new RackState();

    public Task UpdateAsync(Func<RackState, RackState> change, CancellationToken ct) => _secrets.ChangeAsync(
        SecretName,
        secret =>
        {
            var before = Read(secret);
            var after = change(before);
            if (ReferenceEquals(before, after))
            {
                return false;
            }

            var document = JsonSerializer.SerializeToNode(after, KubernetesRackJson.Default.RackState)!.AsObject();
            var known = secret.HasData(StateKey) ? JsonNode.Parse(secret.DataText(StateKey)!)!.AsObject() : null;
            UnknownMembers.Keep(known, document, KubernetesRackJson.Default.RackState);
            secret.SetDataText(StateKey, document.ToJsonString());
            return true;
        },
        ct);

    private RackState Read(JsonObject secret)
    {
        if (!secret.HasData(StateKey))
        {
            return new RackState();
        }

        try
        {
            return JsonSerializer.Deserialize(secret.DataText(StateKey) ?? string.Empty, KubernetesRackJson.Default.RackState)
                ?? throw Damaged();
        }
        catch (JsonException)
        {
            throw Damaged();
        }
    }

    private EngineException Damaged() => new(
        ErrorCode.RackDamaged,
        EngineErrorKind.InvalidData,
        $"The Secret {_secrets.Describe(SecretName)} is damaged: its {StateKey} cannot be read.",
        SecretName)
    {
        Remedy = "Delete it; only the default issuer and the status of the DNS solvers are lost.",
    };
}
