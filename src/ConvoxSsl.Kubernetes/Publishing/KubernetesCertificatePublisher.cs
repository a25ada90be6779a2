using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Dns;
using ConvoxSsl.Engine.Racks;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Stores;

namespace ConvoxSsl.Kubernetes.Publishing;

/// <summary>Copies of the rack's certificates in the namespaces of its apps.</summary>
internal sealed class KubernetesCertificatePublisher(ClusterApi api, RackScope scope, KubernetesCertificateStore certificates) : ICertificatePublisher
{
    private readonly object[] _parts = [api, scope, certificates];

    public Task<IReadOnlyList<CertificateCopy>> PublishAsync(string id, IReadOnlyList<string> apps, bool dryRun, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public IAsyncEnumerable<CertificateCopy> PublishAllAsync(bool dryRun, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task<IReadOnlyList<string>> ListAppsAsync(CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");
}
