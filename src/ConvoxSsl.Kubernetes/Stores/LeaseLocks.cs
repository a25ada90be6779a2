using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Dns;
using ConvoxSsl.Engine.Racks;
using ConvoxSsl.Kubernetes.Api;

namespace ConvoxSsl.Kubernetes.Stores;

/// <summary>Locks between processes, each a Lease that its holder renews; one whose holder died is taken over.</summary>
internal sealed class LeaseLocks(ClusterApi api, string inNamespace, TimeProvider time)
{
    private readonly object[] _parts = [api, inNamespace, time];

    /// <summary>As <see cref="IRack.LockAsync"/>.</summary>
    public Task<IAsyncDisposable> TakeAsync(string name, Action? onWait, CancellationToken ct) => throw new NotImplementedException($"{_parts.Length}");

    /// <summary>Makes sure that no lock was lost since it was taken; called before each write.</summary>
    /// <exception cref="EngineException"><c>LockLost</c>.</exception>
    public void RequireHeld() => throw new NotImplementedException($"{_parts.Length}");
}
