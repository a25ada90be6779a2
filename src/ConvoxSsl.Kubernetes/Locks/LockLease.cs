using System.Globalization;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Locks;

/// <summary>The Lease of a lock, for one potential holder.</summary>
/// <seealso href="https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/lease-v1"/>
internal sealed class LockLease(ClusterApi api, string inNamespace, string name, string identity, TimeProvider time)
{
    /// <summary>The time after which a Lease that is not renewed expires.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);

    private const int MaxReleaseAttempts = 3;
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    // Much longer than clocks differ. A Lease that expired that long ago is taken over without observing it first.
    private static readonly TimeSpan LongDead = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ReleaseLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(500);

    /// <summary>Acquires the Lease if it is free or expired.</summary>
    public async Task<bool> TryTakeAsync(LeaseWatch watch, CancellationToken ct)
    {
        // The server may still process a write that is cancelled. So wait for its response, for some time.
        var isSent = false;
        using var limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var stop = ct.Register(StopWaiting);
        try
        {
            var now = await api.ChangeAsync(
                ApiResource.Leases,
                inNamespace,
                name,
                current =>
                {
                    ct.ThrowIfCancellationRequested();
                    if (IsOurs(current) || !IsFree(current, watch))
                    {
                        return null;
                    }

                    Volatile.Write(ref isSent, true);
                    return Taken(current);
                },
                null,
                limit.Token).ConfigureAwait(false);
            if (!IsOurs(now) || !ct.IsCancellationRequested)
            {
                return IsOurs(now);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or EngineException && ct.IsCancellationRequested)
        {
            // Look for the Lease, which may have been created.
        }

        if (isSent)
        {
            await ReleaseAsync(mayAppear: limit.IsCancellationRequested).ConfigureAwait(false);
        }

        throw new OperationCanceledException(ct);

        void StopWaiting()
        {
            if (Volatile.Read(ref isSent))
            {
                limit.CancelAfter(ReleaseLimit);
            }
            else
            {
                limit.Cancel();
            }
        }
    }

    /// <summary>Observes the Lease without acquiring it, so that the time for which it is not renewed counts from now on.</summary>
    public async Task ObserveAsync(LeaseWatch watch, CancellationToken ct) =>
        _ = IsFree(await api.FindAsync(ApiResource.Leases, inNamespace, name, ct).ConfigureAwait(false), watch);

    /// <summary>Renews the Lease; returns false if another process holds it or it is gone.</summary>
    public async Task<bool> TryRenewAsync(CancellationToken ct)
    {
        var now = await api.ChangeAsync(
            ApiResource.Leases, inNamespace, name, current => IsOurs(current) ? Renewed(current!) : null, null, ct).ConfigureAwait(false);
        return IsOurs(now);
    }

    /// <summary>Releases the Lease if this holder still has it. If that fails, the Lease expires.</summary>
    /// <param name="mayAppear">True if the Lease may be created after this call, by a request without a response.</param>
    public async Task ReleaseAsync(bool mayAppear = false)
    {
        using var limit = new CancellationTokenSource(ReleaseLimit, time);
        try
        {
            for (var attempt = 1; attempt <= MaxReleaseAttempts;)
            {
                var lease = await api.FindAsync(ApiResource.Leases, inNamespace, name, limit.Token).ConfigureAwait(false);
                if (lease is null && mayAppear)
                {
                    await Task.Delay(LookAgainAfter, time, limit.Token).ConfigureAwait(false);
                }
                else if (!IsOurs(lease)
                    || await TryDeleteAsync((string)lease!["metadata"]!["resourceVersion"]!, limit.Token).ConfigureAwait(false))
                {
                    return;
                }
                else
                {
                    attempt++;
                }
            }
        }
        catch (Exception e) when (e is EngineException or OperationCanceledException)
        {
        }
    }

    private async Task<bool> TryDeleteAsync(string resourceVersion, CancellationToken ct)
    {
        try
        {
            await api.DeleteAsync(ApiResource.Leases, inNamespace, name, resourceVersion, ct).ConfigureAwait(false);
            return true;
        }
        catch (ConflictException)
        {
            return false;
        }
    }

    private bool IsOurs(JsonObject? lease) => (string?)lease?["spec"]?["holderIdentity"] == identity;

    private bool IsFree(JsonObject? lease, LeaseWatch watch)
    {
        if (string.IsNullOrEmpty((string?)lease?["spec"]?["holderIdentity"]))
        {
            return true;
        }

        var duration = (int?)lease!["spec"]!["leaseDurationSeconds"] is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : Duration;
        return watch.IsUnchanged((string)lease["metadata"]!["resourceVersion"]!, duration)
            || (lease.At("spec").Time("renewTime") is { } renewed && time.GetUtcNow() - renewed > duration + LongDead);
    }

    private JsonObject Taken(JsonObject? lease)
    {
        var taken = lease ?? new JsonObject();
        taken.Make("metadata")["name"] = name;
        taken.SetLabel(RackScope.KindLabel, "lock");
        taken.SetLabel(RackScope.ManagedByLabel, RackScope.ManagedBy);
        var spec = taken.Make("spec");
        spec["leaseTransitions"] = lease is null ? 0 : ((int?)spec["leaseTransitions"] ?? 0) + 1;
        spec["holderIdentity"] = identity;
        spec["leaseDurationSeconds"] = (int)Duration.TotalSeconds;
        spec["acquireTime"] = Now();
        return Renewed(taken);
    }

    private JsonObject Renewed(JsonObject lease)
    {
        lease.Make("spec")["renewTime"] = Now();
        return lease;
    }

    private string Now() => time.GetUtcNow().UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);
}
