using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Dns;
using ConvoxSsl.Engine.Racks;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Stores;

namespace ConvoxSsl.Kubernetes.CertManager;

/// <summary>cert-manager on the rack.</summary>
internal sealed class CertManagerController(ClusterApi api, RackScope scope, KubernetesCertificateStore certificates, TimeProvider time) : ICertificateController
{
    private readonly object[] _parts = [api, scope, certificates, time];

    public string Name => "cert-manager";

    public Task<bool> IssuesAsync(string issuer, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public void Check(CertificateRecord certificate) => throw new NotImplementedException($"{_parts.Length}");

    public Task StartAsync(CertificateRecord certificate, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task<ControlledCertificate?> FindAsync(string id, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public IAsyncEnumerable<ControlledCertificate> ListUnreadyAsync(CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task<CertificateEntry> AdoptAsync(
        CertificateRecord certificate, DateTimeOffset stored, Func<DateTimeOffset, DateTimeOffset, DateTimeOffset> renewAfter, int keepVersions, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task ReleaseAsync(string id, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");
}
