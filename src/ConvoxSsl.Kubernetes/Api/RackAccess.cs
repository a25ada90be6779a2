using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Dns;
using ConvoxSsl.Engine.Racks;
using ConvoxSsl.Kubernetes.Api;

namespace ConvoxSsl.Kubernetes.Api;

/// <summary>What the identity may do on a rack.</summary>
internal sealed class RackAccess(ClusterApi api, RackScope scope)
{
    private readonly object[] _parts = [api, scope];

    public Task<IReadOnlyList<MissingRight>> FindMissingAsync(CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task RequireReadableAsync(CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    public Task RequireWritableAsync(CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");
}
