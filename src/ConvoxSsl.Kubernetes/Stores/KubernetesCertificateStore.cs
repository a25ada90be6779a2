using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Dns;
using ConvoxSsl.Engine.Racks;
using ConvoxSsl.Kubernetes.Api;

namespace ConvoxSsl.Kubernetes.Stores;

/// <summary>TLS Secrets in the rack's namespace.</summary>
internal sealed class KubernetesCertificateStore(ClusterApi api, RackScope scope, LeaseLocks locks) : ICertificateStore
{
    private readonly object[] _parts = [api, scope, locks];

    public IAsyncEnumerable<CertificateEntry> ListAsync(Action<EngineException>? onDamaged, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task<CertificateEntry?> FindAsync(string id, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task<CertificateMaterial> ReadAsync(string id, int version, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task<CertificateEntry> AddVersionAsync(
        CertificateRecord certificate, CertificateMaterial material, DateTimeOffset stored, DateTimeOffset renewAfter, int keepVersions, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task<CertificateEntry> UpdateAsync(CertificateEntry certificate, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task<CertificateEntry> SwitchAsync(string id, int version, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task RemoveAsync(string id, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    /// <summary>
    /// Records what another program, such as cert-manager, has put into the certificate's Secret as a version, and keeps a
    /// copy of it; the Secret's data stay as they are.
    /// </summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>, <c>CertificateDamaged</c>.</exception>
    public Task<CertificateEntry> AdoptAsync(
        CertificateRecord certificate, DateTimeOffset stored, Func<DateTimeOffset, DateTimeOffset, DateTimeOffset> renewAfter, int keepVersions, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    /// <summary>Keeps what is in the certificate's Secret now as a version, before another program writes over it; nothing where there is none.</summary>
    public Task KeepAsync(string id, DateTimeOffset stored, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");
}
