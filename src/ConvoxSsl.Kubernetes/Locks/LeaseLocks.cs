using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Locks;

/// <summary>Locks between processes. Each is a Lease that its holder renews; an expired Lease can be taken over.</summary>
/// <seealso href="https://kubernetes.io/docs/concepts/architecture/leases"/>
internal sealed class LeaseLocks(ClusterApi api, string inNamespace, TimeProvider time)
{
    private const int MinPollDelay = 300;
    private const int MaxPollDelay = 1000;

    private readonly ConcurrentDictionary<HeldLease, bool> _held = new();

    // By the lock's name, for locks that this process waits for or will need next.
    private readonly ConcurrentDictionary<string, LeaseWatch> _watches = new(StringComparer.Ordinal);

    /// <summary>Acquires a lock; see <see cref="IRack.LockAsync(string, IReadOnlyList{string}, Action?, CancellationToken)"/>.</summary>
    /// <exception cref="EngineException"><c>ClusterForbidden</c>, <c>NamespaceNotFound</c>, <c>ClusterUnreachable</c>.</exception>
    public async Task<IAsyncDisposable> TakeAsync(string name, IReadOnlyList<string> following, Action? onWait, CancellationToken ct)
    {
        var lease = NewLease(name);
        for (var isNotified = false; ; isNotified = true)
        {
            var requested = time.GetTimestamp();
            if (await lease.TryTakeAsync(WatchOf(name), ct).ConfigureAwait(false))
            {
                _watches.TryRemove(name, out _);
                var held = new HeldLease(name, lease, requested, time, gone => _held.TryRemove(gone, out _));
                _held[held] = true;
                return held;
            }

            if (!isNotified)
            {
                onWait?.Invoke();
                foreach (var other in following)
                {
                    await NewLease(other).ObserveAsync(WatchOf(other), ct).ConfigureAwait(false);
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(MinPollDelay, MaxPollDelay)), time, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Checks that no held lock was lost. Call it before each write.</summary>
    /// <exception cref="EngineException"><c>LockLost</c>.</exception>
    public void RequireHeld()
    {
        if (_held.Keys.FirstOrDefault(l => l.IsLost) is { } lost)
        {
            throw new EngineException(
                ErrorCode.LockLost,
                EngineErrorKind.Busy,
                $"The lock '{lost.Name}' was lost because it could not be renewed for {LockLease.Duration.TotalSeconds:0} seconds "
                    + "or another process has taken it over. The command stopped writing.",
                lost.Name)
            {
                Remedy = "Check the connection to the cluster, and run the command again.",
            };
        }
    }

    private LeaseWatch WatchOf(string name) => _watches.GetOrAdd(name, _ => new LeaseWatch(time));

    private LockLease NewLease(string name) => new(api, inNamespace, NameOf(name), NewIdentity(), time);

    /// <summary>The kind makes the name readable; the hash makes it unique.</summary>
    private static string NameOf(string name)
    {
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..32].ToLowerInvariant();
        return $"{RackScope.Prefix}lock-{name.Split('/')[0]}-{hash}";
    }

    // One identity per lock, so that two tasks of a process are different holders.
    private static string NewIdentity() =>
        $"{Environment.MachineName}/{Environment.ProcessId}/{Convert.ToHexString(RandomNumberGenerator.GetBytes(8)).ToLowerInvariant()}";
}
