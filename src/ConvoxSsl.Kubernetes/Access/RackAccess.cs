using ConvoxSsl.Engine;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Access;

/// <summary>Checks the permissions of the current identity on a rack.</summary>
/// <seealso href="https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access"/>
internal sealed class RackAccess(ClusterApi api, RackScope scope)
{
    // The maximum time until a user learns that the server is unreachable.
    private static readonly TimeSpan FirstResponseTimeout = TimeSpan.FromSeconds(9);
    private const int MaxParallel = 16;
    private const int MaxApps = 25;

    private readonly object _gate = new();
    private Task? _writable;

    /// <summary>
    /// Checks that the cluster responds, accepts the credentials and has the rack's namespace. An identity that cannot read
    /// namespaces passes the check.
    /// </summary>
    /// <exception cref="EngineException">
    /// <c>NamespaceNotFound</c>, <c>ClusterUnreachable</c>, <c>ClusterUntrusted</c>, <c>ClusterUnauthorized</c>.
    /// </exception>
    public async Task RequireReadableAsync(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(FirstResponseTimeout);
        try
        {
            if (await api.FindAsync(ApiResource.Namespaces, null, scope.Namespace, limit.Token).ConfigureAwait(false) is null)
            {
                throw new EngineException(
                    ErrorCode.NamespaceNotFound,
                    EngineErrorKind.NotFound,
                    $"Cannot find the namespace '{scope.Namespace}' of the rack '{scope.Name}' in the cluster at {api.Server}.",
                    scope.Namespace);
            }
        }
        catch (EngineException e) when (e.Code == ErrorCode.ClusterForbidden)
        {
            // The server responded and accepted the credentials.
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            var call = new ApiCall(api.Server, "get", ApiResource.Namespaces, null, scope.Namespace);
            throw ClusterFailure.Unreachable(call, "it did not respond in time.", null);
        }
    }

    /// <summary>Checks that the identity can write and lock everything that the module stores.</summary>
    /// <exception cref="EngineException"><c>RackNotWritable</c>.</exception>
    public Task RequireWritableAsync(CancellationToken ct)
    {
        lock (_gate)
        {
            // Do not cache failed or cancelled checks.
            return _writable is { IsCanceled: false, IsFaulted: false } check ? check.WaitAsync(ct) : _writable = AskWritableAsync(ct);
        }
    }

    /// <summary>True if the cluster serves cert-manager's API; null if the identity is not allowed to read it.</summary>
    public async Task<bool?> HasCertManagerAsync(CancellationToken ct)
    {
        try
        {
            return await api.IsServedAsync(ApiResource.CertManagerGroup, "v1", ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Code == ErrorCode.ClusterForbidden)
        {
            return null;
        }
    }

    /// <summary>Lists the permissions that the identity lacks for the module's features.</summary>
    public async Task<IReadOnlyList<MissingAccess>> FindMissingAsync(CancellationToken ct)
    {
        try
        {
            var certManager = await HasCertManagerAsync(ct).ConfigureAwait(false) ?? true;
            var missing = await AskAsync(RackPermissions.Of(scope, certManager), ct).ConfigureAwait(false);
            return [.. missing, .. await FindMissingOfAppsAsync(missing, ct).ConfigureAwait(false)];
        }
        catch (EngineException e) when (e.Code == ErrorCode.ClusterForbidden)
        {
            return [new MissingAccess("create", ApiResource.AccessReviews.Name, null, "Listing the missing permissions")];
        }
    }

    private async Task AskWritableAsync(CancellationToken ct)
    {
        IReadOnlyList<MissingAccess> missing;
        try
        {
            missing = await AskAsync(RackPermissions.Writing(scope), ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Code == ErrorCode.ClusterForbidden)
        {
            // An identity that cannot create access reviews learns about missing permissions when it writes.
            return;
        }

        if (missing.Count > 0)
        {
            throw new EngineException(
                ErrorCode.RackNotWritable,
                EngineErrorKind.Denied,
                $"Cannot write to the rack '{scope.Name}': this identity lacks {MissingAccess.Describe(missing)}.",
                scope.Name)
            {
                Remedy = "The role is in docs/rbac.md.",
            };
        }
    }

    // A permission for all namespaces includes each app's. Otherwise check the apps' namespaces one by one.
    private async Task<IReadOnlyList<MissingAccess>> FindMissingOfAppsAsync(
        IReadOnlyList<MissingAccess> missing, CancellationToken ct)
    {
        var everywhere = await AskAsync(RackPermissions.InApp(null), ct).ConfigureAwait(false);
        if (everywhere.Count == 0 || missing.Any(right => right.Resource == ApiResource.Namespaces.Name))
        {
            return everywhere;
        }

        var apps = new List<string>();
        await foreach (var app in api.ListAsync(ApiResource.Namespaces, null, scope.NamespaceSelector, null, ct).ConfigureAwait(false))
        {
            if ((string?)app["metadata"]?["name"] is { } name && name != scope.Namespace && apps.Count < MaxApps)
            {
                apps.Add(name);
            }
        }

        return await AskAsync([.. apps.SelectMany(RackPermissions.InApp)], ct).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<MissingAccess>> AskAsync(IReadOnlyList<RackPermission> rights, CancellationToken ct)
    {
        var allowed = new bool[rights.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = MaxParallel, CancellationToken = ct };
        await Parallel.ForAsync(0, rights.Count, options, async (i, stop) =>
            {
                var right = rights[i];
                allowed[i] = await api.MayAsync(
                    right.Verb,
                    right.Resource,
                    right.Namespace,
                    right.Subresource,
                    right.Name,
                    stop).ConfigureAwait(false);
            }).ConfigureAwait(false);
        return [.. rights.Where((_, i) => !allowed[i]).Select(right => right.Missing)];
    }
}
