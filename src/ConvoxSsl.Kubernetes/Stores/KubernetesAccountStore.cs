using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Dns;
using ConvoxSsl.Engine.Racks;
using ConvoxSsl.Kubernetes.Api;

namespace ConvoxSsl.Kubernetes.Stores;

/// <summary>The ACME accounts, a Secret each.</summary>
internal sealed class KubernetesAccountStore(ClusterApi api, RackScope scope, LeaseLocks locks) : IAccountStore
{
    private readonly object[] _parts = [api, scope, locks];

    public IAsyncEnumerable<AccountRecord> ListAsync(Action<EngineException>? onDamaged, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task<AccountRecord?> FindAsync(Uri directoryUrl, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task<PrivateKey> ReadKeyAsync(Uri directoryUrl, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task<PrivateKey?> ReadNextKeyAsync(Uri directoryUrl, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task SaveAsync(AccountRecord account, PrivateKey key, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task UpdateAsync(AccountRecord account, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task SaveNextKeyAsync(Uri directoryUrl, PrivateKey nextKey, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task PromoteNextKeyAsync(Uri directoryUrl, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task DropNextKeyAsync(Uri directoryUrl, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task RemoveAsync(Uri directoryUrl, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");
}
