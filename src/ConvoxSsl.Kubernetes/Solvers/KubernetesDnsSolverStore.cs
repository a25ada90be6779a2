using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Dns;
using ConvoxSsl.Engine.Racks;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Stores;

namespace ConvoxSsl.Kubernetes.Solvers;

/// <summary>The DNS solvers in <c>letsencrypt-config</c>, and in the ClusterIssuer.</summary>
internal sealed class KubernetesDnsSolverStore(ClusterApi api, RackScope scope, LeaseLocks locks) : IDnsSolverStore
{
    private readonly object[] _parts = [api, scope, locks];

    public Task<IReadOnlyList<DnsSolver>> ListAsync(CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task<IReadOnlySet<int>> ListDetachedAsync(CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task SaveAsync(DnsSolver solver, DnsSecret? secret, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task<DnsSecret?> ReadSecretAsync(DnsSolver solver, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task RemoveAsync(int id, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task<string> FindRoleAsync(CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");
}
