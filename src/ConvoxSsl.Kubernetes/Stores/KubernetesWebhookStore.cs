using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Dns;
using ConvoxSsl.Engine.Racks;
using ConvoxSsl.Kubernetes.Api;

namespace ConvoxSsl.Kubernetes.Stores;

/// <summary>The webhook and its secret, in one Secret.</summary>
internal sealed class KubernetesWebhookStore(ClusterApi api, RackScope scope, LeaseLocks locks) : IWebhookStore
{
    private readonly object[] _parts = [api, scope, locks];

    public Task<WebhookRecord?> FindAsync(CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task SaveAsync(WebhookRecord webhook, WebhookSecret? secret, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task<WebhookSecret?> ReadSecretAsync(CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task RemoveAsync(CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");
}
