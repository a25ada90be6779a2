using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Dns;
using ConvoxSsl.Engine.Racks;
using ConvoxSsl.Kubernetes.Api;

namespace ConvoxSsl.Kubernetes.Stores;

/// <summary>What was used of CAs' limits, in one Secret.</summary>
internal sealed class KubernetesLimitLedger(ClusterApi api, RackScope scope) : ILimitLedger
{
    private readonly object[] _parts = [api, scope];

    public Task<LimitRecords> ReadAsync(CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task UpdateAsync(Func<LimitRecords, LimitRecords> change, Action<EngineException>? onDamaged, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");
}
