using System.Text.Json;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Stores;

/// <summary>Stores the targets of the rack in one Secret.</summary>
internal sealed class KubernetesTargetStore(ClusterApi api, RackScope scope) : ITargetStore
{
    private const string SecretName = RackScope.Prefix + "targets";
    private const string TargetsKey = "targets.json";

    private readonly OwnSecrets _secrets = new(api, scope, "targets");

    public async Task<IReadOnlyList<CertificateTarget>> ListAsync(CancellationToken ct) =>
        await _secrets.FindAsync(SecretName, ct).ConfigureAwait(false) is { } secret ? Read(secret) : [];

    public Task UpdateAsync(Func<IReadOnlyList<CertificateTarget>, IReadOnlyList<CertificateTarget>> change, CancellationToken ct) =>
        _secrets.ChangeAsync(
            SecretName,
            secret =>
            {
                var before = Read(secret);
                var after = change(before);
                if (ReferenceEquals(before, after))
                {
                    return false;
                }

                var known = secret.HasData(TargetsKey) ? secret.DataText(TargetsKey) : null;
                secret.SetDataText(TargetsKey, TargetDocument.Write(known, after));
                return true;
            },
            ct);

    private IReadOnlyList<CertificateTarget> Read(JsonObject secret)
    {
        if (!secret.HasData(TargetsKey))
        {
            return [];
        }

        try
        {
            return TargetDocument.Read(secret.DataText(TargetsKey) ?? string.Empty);
        }
        catch (JsonException)
        {
            throw new EngineException(
                ErrorCode.TargetsDamaged,
                EngineErrorKind.InvalidData,
                $"The Secret {_secrets.Describe(SecretName)} is damaged: its {TargetsKey} cannot be read.",
                SecretName)
            {
                Remedy = "Delete it and add the targets again.",
            };
        }
    }
}
