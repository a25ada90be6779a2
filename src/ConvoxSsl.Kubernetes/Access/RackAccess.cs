using ConvoxSsl.Engine;
using ConvoxSsl.Kubernetes.Api;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Access;

/// <summary>What the identity may do on a rack. Each right is asked for once.</summary>
/// <seealso href="https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access"/>
internal sealed class RackAccess(ClusterApi api, RackScope scope)
{
    // What a user waits at most to hear that a server is not there.
    private static readonly TimeSpan FirstAnswer = TimeSpan.FromSeconds(9);
    private const int AtOnce = 16;
    private const int MostApps = 25;

    private readonly object _gate = new();
    private Task? _writable;

    /// <summary>
    /// Makes sure that the cluster answers, takes the credentials and has the rack's namespace. Who may not read namespaces
    /// is believed.
    /// </summary>
    /// <exception cref="EngineException">
    /// <c>NamespaceNotFound</c>, <c>ClusterUnreachable</c>, <c>ClusterUntrusted</c>, <c>ClusterUnauthorized</c>.
    /// </exception>
    public async Task RequireReadableAsync(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(FirstAnswer);
        try
        {
            if (await api.FindAsync(ApiResource.Namespaces, null, scope.Namespace, limit.Token).ConfigureAwait(false) is null)
            {
                throw new EngineException(
                    ErrorCode.NamespaceNotFound, EngineErrorKind.NotFound, $"The cluster at {api.Server} has no namespace '{scope.Namespace}', where the rack '{scope.Name}' would be. Check the rack's name and the context, or give -Namespace.", scope.Namespace);
            }
        }
        catch (EngineException e) when (e.Code == ErrorCode.ClusterForbidden)
        {
            // It has answered, and knows who asks.
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw ClusterFailure.Unreachable(new ApiCall(api.Server, "get", ApiResource.Namespaces, null, scope.Namespace), "it did not answer in time.", null);
        }
    }

    /// <summary>Makes sure that what the module stores can be written and locked.</summary>
    /// <exception cref="EngineException"><c>RackNotWritable</c>.</exception>
    public Task RequireWritableAsync(CancellationToken ct)
    {
        lock (_gate)
        {
            // One that failed or was stopped says nothing about the next.
            return _writable is { IsCanceled: false, IsFaulted: false } known ? known.WaitAsync(ct) : _writable = AskWritableAsync(ct);
        }
    }

    /// <summary>Whether the cluster serves cert-manager's API; null where this identity is not told.</summary>
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

    /// <summary>What may not be done of all that the module does on a rack.</summary>
    public async Task<IReadOnlyList<MissingPermission>> FindMissingAsync(CancellationToken ct)
    {
        try
        {
            var certManager = await HasCertManagerAsync(ct).ConfigureAwait(false) ?? true;
            var missing = await AskAsync(RackPermissions.Of(scope, certManager), ct).ConfigureAwait(false);
            return [.. missing, .. await FindMissingOfAppsAsync(missing, ct).ConfigureAwait(false)];
        }
        catch (EngineException e) when (e.Code == ErrorCode.ClusterForbidden)
        {
            return [new MissingPermission("create", ApiResource.AccessReviews.Name, null, "Telling what else this identity may not do")];
        }
    }

    private async Task AskWritableAsync(CancellationToken ct)
    {
        IReadOnlyList<MissingPermission> missing;
        try
        {
            missing = await AskAsync(RackPermissions.Writing(scope), ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Code == ErrorCode.ClusterForbidden)
        {
            // Who may not even ask finds out by writing.
            return;
        }

        if (missing.Count > 0)
        {
            throw new EngineException(
                ErrorCode.RackNotWritable, EngineErrorKind.Denied, $"This identity may not write to the rack '{scope.Name}': it lacks {MissingPermission.Describe(missing)}. docs/rbac.md has the role.", scope.Name);
        }
    }

    // Whoever may write in all namespaces may in each; else each app's is asked for, as far as they are known.
    private async Task<IReadOnlyList<MissingPermission>> FindMissingOfAppsAsync(IReadOnlyList<MissingPermission> missing, CancellationToken ct)
    {
        var everywhere = await AskAsync(RackPermissions.InApp(null), ct).ConfigureAwait(false);
        if (everywhere.Count == 0 || missing.Any(right => right.Resource == ApiResource.Namespaces.Name))
        {
            return everywhere;
        }

        var apps = new List<string>();
        await foreach (var app in api.ListAsync(ApiResource.Namespaces, null, scope.NamespaceSelector, null, ct).ConfigureAwait(false))
        {
            if ((string?)app["metadata"]?["name"] is { } name && name != scope.Namespace && apps.Count < MostApps)
            {
                apps.Add(name);
            }
        }

        return await AskAsync([.. apps.SelectMany(RackPermissions.InApp)], ct).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<MissingPermission>> AskAsync(IReadOnlyList<RackRight> rights, CancellationToken ct)
    {
        var allowed = new bool[rights.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct };
        await Parallel.ForAsync(0, rights.Count, options, async (i, stop) =>
            allowed[i] = await api.MayAsync(rights[i].Verb, rights[i].Resource, rights[i].Namespace, rights[i].Subresource, rights[i].Name, stop).ConfigureAwait(false)).ConfigureAwait(false);
        return [.. rights.Where((_, i) => !allowed[i]).Select(right => right.Missing)];
    }
}
