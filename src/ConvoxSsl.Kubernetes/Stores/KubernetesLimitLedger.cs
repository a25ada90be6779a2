using System.Text.Json;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks;
using ConvoxSsl.Kubernetes.Api;

namespace ConvoxSsl.Kubernetes.Stores;

/// <summary>What was used of CAs' limits, in one Secret, beside what could not be read of it once.</summary>
internal sealed class KubernetesLimitLedger(ClusterApi api, RackScope scope) : ILimitLedger
{
    private const string SecretName = RackScope.Prefix + "limits";
    private const string LimitsKey = "limits.json";
    private const string DamagedKey = LimitsKey + ".damaged";

    private readonly OwnSecrets _secrets = new(api, scope, "limits");

    public async Task<LimitRecords> ReadAsync(CancellationToken ct) =>
        await _secrets.FindAsync(SecretName, ct).ConfigureAwait(false) is { } secret ? Read(secret) : new LimitRecords();

    public Task UpdateAsync(Func<LimitRecords, LimitRecords> change, Action<EngineException>? onDamaged, CancellationToken ct)
    {
        var told = false;
        return _secrets.ChangeAsync(
            SecretName,
            secret =>
            {
                LimitRecords records;
                try
                {
                    records = Read(secret);
                }
                catch (EngineException e)
                {
                    secret.SetText(DamagedKey, secret.Text(LimitsKey) ?? string.Empty);
                    if (!told)
                    {
                        told = true;
                        onDamaged?.Invoke(e);
                    }

                    records = new LimitRecords();
                }

                secret.SetText(LimitsKey, JsonSerializer.Serialize(change(records), KubernetesRackJson.Default.LimitRecords));
                return true;
            },
            ct);
    }

    private LimitRecords Read(JsonObject secret)
    {
        if (!secret.HasData(LimitsKey))
        {
            return new LimitRecords();
        }

        try
        {
            return JsonSerializer.Deserialize(secret.Text(LimitsKey) ?? string.Empty, KubernetesRackJson.Default.LimitRecords) is { } records && IsWhole(records) ? records : throw Damaged();
        }
        catch (JsonException)
        {
            throw Damaged();
        }
    }

    // JSON may hold null where the types allow none.
    private static bool IsWhole(LimitRecords records) =>
        records is { Uses: not null, Refusals: not null }
        && records.Uses.All(u => u is { DirectoryUrl: not null, Subject: not null })
        && records.Refusals.All(r => r is { DirectoryUrl: not null, Subject: not null });

    private EngineException Damaged() => new(
        "LimitsDamaged",
        EngineErrorKind.InvalidData,
        $"The Secret {_secrets.Describe(SecretName)}, which records what was ordered and refused, is damaged: its {LimitsKey} can't be read. Remove it: only the count of recent orders is lost.",
        SecretName);
}
