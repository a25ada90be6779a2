using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Stores;

/// <summary>
/// The used quota of CAs' rate limits, in one Secret that also keeps damaged data aside. A Secret holds at most 1 MiB, so large
/// records are compressed.
/// </summary>
internal sealed class KubernetesLimitLedger(ClusterApi api, RackScope scope) : ILimitLedger
{
    private const string SecretName = RackScope.Prefix + "limits";
    private const string LimitsKey = "limits.json";
    private const string CompressedKey = LimitsKey + ".gz";
    private const string DamagedSuffix = ".damaged";
    private const int MaxUncompressedLength = 256 * 1024;

    private readonly OwnSecrets _secrets = new(api, scope, "limits");

    public async Task<LimitRecords> ReadAsync(CancellationToken ct) =>
        await _secrets.FindAsync(SecretName, ct).ConfigureAwait(false) is { } secret ? Read(secret) : new LimitRecords();

    public Task UpdateAsync(Func<LimitRecords, LimitRecords> change, Action<EngineException>? onDamaged, CancellationToken ct)
    {
        var isReported = false;
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
                    var key = KeyOf(secret);
                    secret.SetData(key + DamagedSuffix, secret.Data(key) ?? []);
                    if (!isReported)
                    {
                        isReported = true;
                        onDamaged?.Invoke(e);
                    }

                    records = new LimitRecords();
                }

                Write(secret, JsonSerializer.SerializeToUtf8Bytes(change(records), KubernetesRackJson.Default.LimitRecords));
                return true;
            },
            ct);
    }

    private static string KeyOf(JsonObject secret) => secret.HasData(CompressedKey) ? CompressedKey : LimitsKey;

    private static void Write(JsonObject secret, byte[] json)
    {
        var isLong = json.Length > MaxUncompressedLength;
        secret.SetData(LimitsKey, isLong ? null : json);
        secret.SetData(CompressedKey, isLong ? Compress(json) : null);
    }

    private static byte[] Compress(byte[] json)
    {
        using var compressed = new MemoryStream();
        using (var stream = new GZipStream(compressed, CompressionLevel.Optimal))
        {
            stream.Write(json);
        }

        return compressed.ToArray();
    }

    private LimitRecords Read(JsonObject secret)
    {
        var key = KeyOf(secret);
        if (!secret.HasData(key))
        {
            return new LimitRecords();
        }

        try
        {
            using var stored = new MemoryStream(secret.Data(key) ?? []);
            using Stream json = key == CompressedKey ? new GZipStream(stored, CompressionMode.Decompress) : stored;
            return JsonSerializer.Deserialize(json, KubernetesRackJson.Default.LimitRecords) is { } records && IsComplete(records)
                ? records
                : throw Damaged(key);
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            throw Damaged(key);
        }
    }

    // JSON may contain nulls that the types do not allow.
    private static bool IsComplete(LimitRecords records) =>
        records is { Uses: not null, Refusals: not null }
        && records.Uses.All(u => u is { DirectoryUrl: not null, Subject: not null })
        && records.Refusals.All(r => r is { DirectoryUrl: not null, Subject: not null });

    private EngineException Damaged(string key) => new(
        ErrorCode.LimitsDamaged,
        EngineErrorKind.InvalidData,
        $"The Secret {_secrets.Describe(SecretName)} with recent orders and rate limits is damaged: its {key} cannot be read.",
        SecretName)
    {
        Remedy = "Delete it; only the count of recent orders is lost.",
    };
}
