using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Dns;
using ConvoxSsl.Engine.Racks;
using ConvoxSsl.Kubernetes.Api;

namespace ConvoxSsl.Kubernetes.Stores;

/// <summary>The unfinished orders, a Secret each.</summary>
internal sealed class KubernetesOrderJournal(ClusterApi api, RackScope scope, LeaseLocks locks) : IOrderJournal
{
    private readonly object[] _parts = [api, scope, locks];

    public IAsyncEnumerable<OrderRecord> ListAsync(Action<EngineException>? onDamaged, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task<OrderRecord?> FindAsync(string certificateId, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task<PrivateKey?> ReadKeyAsync(string certificateId, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task BeginAsync(OrderRecord order, PrivateKey? key, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task SaveAsync(OrderRecord order, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task EndAsync(string certificateId, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");
}
