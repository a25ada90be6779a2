using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Kubernetes.Connection;

namespace ConvoxSsl.Kubernetes.Api;

/// <summary>
/// A client of a cluster's API server. Objects are JSON, so that unknown fields are preserved. Lists are paged, transient
/// failures are retried, and changes that conflict with another writer are repeated on a fresh read.
/// </summary>
/// <seealso href="https://kubernetes.io/docs/reference/using-api/api-concepts"/>
/// <param name="client">The client with its kubeconfig, credentials and TLS settings.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Receives one line per request, without bodies.</param>
internal sealed class ClusterApi(ClusterClient client, TimeProvider time, Action<string>? log = null) : IDisposable
{
    private const int PageSize = 250;
    private const int MaxConflicts = 30;
    private const string OwnName = "convoxssl";

    private readonly ApiConnection _connection = new(client, time, log);

    /// <summary>The server's address.</summary>
    public string Server => _connection.Server;

    /// <summary>Gets an object; null if it does not exist.</summary>
    public async Task<JsonObject?> FindAsync(ApiResource resource, string? inNamespace, string name, CancellationToken ct)
    {
        var call = Call("get", resource, inNamespace, name);
        try
        {
            return await _connection.SendAsync(call, HttpMethod.Get, resource.Path(inNamespace, name), null, ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Code == ErrorCode.ClusterObjectNotFound)
        {
            return null;
        }
    }

    /// <summary>Lists objects by namespace and name, page by page.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="inNamespace">The namespace; null for all.</param>
    /// <param name="labels">A label selector.</param>
    /// <param name="fields">A field selector.</param>
    /// <param name="ct">The cancellation token.</param>
    public async IAsyncEnumerable<JsonObject> ListAsync(
        ApiResource resource, string? inNamespace, string? labels, string? fields, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var page in ListPagesAsync(resource, inNamespace, labels, fields, ct).ConfigureAwait(false))
        {
            foreach (var item in page)
            {
                yield return item;
            }
        }
    }

    /// <summary>As <see cref="ListAsync"/>, for callers that process the objects of a page in parallel.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="inNamespace">The namespace; null for all.</param>
    /// <param name="labels">A label selector.</param>
    /// <param name="fields">A field selector.</param>
    /// <param name="ct">The cancellation token.</param>
    public async IAsyncEnumerable<IReadOnlyList<JsonObject>> ListPagesAsync(
        ApiResource resource, string? inNamespace, string? labels, string? fields, [EnumeratorCancellation] CancellationToken ct)
    {
        var call = Call("list", resource, inNamespace, null);
        for (string? next = null; ;)
        {
            var query =
                $"?limit={PageSize}{Parameter("labelSelector", labels)}{Parameter("fieldSelector", fields)}{Parameter("continue", next)}";
            JsonObject page;
            try
            {
                page = await _connection.SendAsync(
                    call, HttpMethod.Get, resource.Path(inNamespace) + query, null, ct).ConfigureAwait(false);
            }
            catch (ExpiredListException e)
            {
                // 410 Gone: continue with the token for the current state that the server returned.
                next = e.FreshContinue;
                continue;
            }

            yield return [.. (page["items"] as JsonArray ?? []).OfType<JsonObject>()];
            next = (string?)page["metadata"]?["continue"];
            if (string.IsNullOrEmpty(next))
            {
                yield break;
            }
        }
    }

    /// <summary>Creates an object.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="inNamespace">The namespace.</param>
    /// <param name="made">The object; its kind and version are filled in.</param>
    /// <param name="dryRun">True to validate the request without creating the object.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="ConflictException">There is one of that name.</exception>
    public Task<JsonObject> CreateAsync(ApiResource resource, string? inNamespace, JsonObject made, bool dryRun, CancellationToken ct)
    {
        made["apiVersion"] = resource.ApiVersion;
        made["kind"] = resource.Kind;
        var path = resource.Path(inNamespace) + (dryRun ? "?dryRun=All" : string.Empty);
        var call = Call("create", resource, inNamespace, (string?)made["metadata"]?["name"]);
        return _connection.SendAsync(call, HttpMethod.Post, path, Json(made, "application/json"), ct);
    }

    /// <summary>
    /// Changes an object, or creates it. Sends only the differences, and repeats the change on a fresh read after a conflict.
    /// </summary>
    /// <param name="resource">The resource.</param>
    /// <param name="inNamespace">The namespace.</param>
    /// <param name="name">The object's name.</param>
    /// <param name="change">
    /// Returns the new object, given a copy of the current one or null; returns null to leave the object unchanged.
    /// Called again after a conflict.
    /// </param>
    /// <param name="subresource">The subresource to change, such as <c>status</c>.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <returns>The current object; null if there is none.</returns>
    public Task<JsonObject?> ChangeAsync(
        ApiResource resource,
        string? inNamespace,
        string name,
        Func<JsonObject?, JsonObject?> change,
        string? subresource,
        CancellationToken ct) =>
        ChangeAsync(
            resource,
            inNamespace,
            name,
            change,
            made => CreateAsync(resource, inNamespace, made, false, ct),
            (before, patch) => PatchAsync(resource, inNamespace, name, patch, VersionOf(before), subresource, ct),
            ct);

    /// <summary>
    /// As <see cref="ChangeAsync(ApiResource, string?, string, Func{JsonObject?, JsonObject?}, string?, CancellationToken)"/>,
    /// but transfers the ownership of changed fields to the program that applies the object, so that its next apply without
    /// force does not conflict. The fields of a new object are transferred with their first change.
    /// </summary>
    /// <param name="resource">The resource.</param>
    /// <param name="inNamespace">The namespace.</param>
    /// <param name="name">The object's name.</param>
    /// <param name="change">Returns the new object, given a copy of the current one or null.</param>
    /// <param name="owner">The program's name as a field manager.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <seealso href="https://kubernetes.io/docs/reference/using-api/server-side-apply"/>
    public Task<JsonObject?> ChangeAsOwnerAsync(
        ApiResource resource,
        string? inNamespace,
        string name,
        Func<JsonObject?, JsonObject?> change,
        string owner,
        CancellationToken ct) =>
        ChangeAsync(
            resource,
            inNamespace,
            name,
            change,
            made => ApplyAsync(resource, inNamespace, name, made, null, OwnName, ct),
            (before, patch) => ApplyAsync(resource, inNamespace, name, Applied(before, patch, owner), VersionOf(before), owner, ct),
            ct);

    private async Task<JsonObject?> ChangeAsync(
        ApiResource resource,
        string? inNamespace,
        string name,
        Func<JsonObject?, JsonObject?> change,
        Func<JsonObject, Task<JsonObject>> create,
        Func<JsonObject, JsonObject, Task<JsonObject>> send,
        CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var before = await FindAsync(resource, inNamespace, name, ct).ConfigureAwait(false);
            if (change((JsonObject?)before?.DeepClone()) is not { } after)
            {
                return before;
            }

            try
            {
                if (before is null)
                {
                    return await create(after).ConfigureAwait(false);
                }

                return MergePatch.Between(before, after) is { } patch ? await send(before, patch).ConfigureAwait(false) : before;
            }
            catch (Exception e) when (e is ConflictException or EngineException { Code: ErrorCode.ClusterObjectNotFound }
                && attempt < MaxConflicts)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(5, 20 * attempt)), time, ct).ConfigureAwait(false);
            }
            catch (ConflictException e)
            {
                var message = $"Cannot change {resource.Kind} {name} because other programs keep changing it.";
                throw new EngineException(ErrorCode.ClusterConflict, EngineErrorKind.Busy, message, name, e) { Remedy = "Try again." };
            }
        }
    }

    /// <summary>Deletes an object if it exists.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="inNamespace">The namespace.</param>
    /// <param name="name">The object's name.</param>
    /// <param name="resourceVersion">The version that the object must have; null for any.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="ConflictException">It has another version.</exception>
    public async Task DeleteAsync(ApiResource resource, string? inNamespace, string name, string? resourceVersion, CancellationToken ct)
    {
        var options = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "DeleteOptions", ["propagationPolicy"] = "Background" };
        if (resourceVersion is not null)
        {
            options["preconditions"] = new JsonObject { ["resourceVersion"] = resourceVersion };
        }

        try
        {
            var call = Call("delete", resource, inNamespace, name);
            await _connection.SendAsync(call, HttpMethod.Delete, resource.Path(inNamespace, name), Json(options, "application/json"), ct)
                .ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Code == ErrorCode.ClusterObjectNotFound)
        {
        }
    }

    /// <summary>True if the server serves this version of an API group.</summary>
    public async Task<bool> IsServedAsync(string group, string version, CancellationToken ct)
    {
        try
        {
            var call = Call("get", new ApiResource(group, version, "APIResourceList", group), null, null);
            await _connection.SendAsync(call, HttpMethod.Get, $"apis/{group}/{version}", null, ct).ConfigureAwait(false);
            return true;
        }
        catch (EngineException e) when (e.Code is ErrorCode.ClusterObjectNotFound or ErrorCode.NoCertManager)
        {
            return false;
        }
    }

    /// <summary>True if the current identity has a permission.</summary>
    /// <param name="verb">The RBAC verb.</param>
    /// <param name="resource">The resource.</param>
    /// <param name="inNamespace">The namespace; null for a cluster-wide resource or all namespaces.</param>
    /// <param name="subresource">The subresource, such as <c>status</c>.</param>
    /// <param name="name">The object's name; null for all objects.</param>
    /// <param name="ct">The cancellation token.</param>
    public async Task<bool> MayAsync(
        string verb,
        ApiResource resource,
        string? inNamespace,
        string? subresource,
        string? name,
        CancellationToken ct)
    {
        var attributes = new JsonObject { ["verb"] = verb, ["group"] = resource.Group, ["resource"] = resource.Plural };
        if (inNamespace is not null)
        {
            attributes["namespace"] = inNamespace;
        }

        if (subresource is not null)
        {
            attributes["subresource"] = subresource;
        }

        if (name is not null)
        {
            attributes["name"] = name;
        }

        var review = new JsonObject { ["spec"] = new JsonObject { ["resourceAttributes"] = attributes } };
        var answer = await CreateAsync(ApiResource.AccessReviews, null, review, false, ct).ConfigureAwait(false);
        return (bool?)answer["status"]?["allowed"] ?? false;
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    // Without a version, apply creates the object and fails if another program created it with other values.
    private Task<JsonObject> ApplyAsync(
        ApiResource resource,
        string? inNamespace,
        string name,
        JsonObject applied,
        string? resourceVersion,
        string owner,
        CancellationToken ct)
    {
        applied["apiVersion"] = resource.ApiVersion;
        applied["kind"] = resource.Kind;
        applied["metadata"] ??= new JsonObject();
        applied["metadata"]!["name"] = name;
        var force = "false";
        if (resourceVersion is not null)
        {
            applied["metadata"]!["resourceVersion"] = resourceVersion;
            force = "true";
        }

        var path = $"{resource.Path(inNamespace, name)}?fieldManager={Uri.EscapeDataString(owner)}&force={force}";
        var call = Call("patch", resource, inNamespace, name);
        return _connection.SendAsync(call, HttpMethod.Patch, path, Json(applied, "application/apply-patch+yaml"), ct);
    }

    private static JsonObject Applied(JsonObject before, JsonObject patch, string owner)
    {
        var applied = OwnedFields.Of(before, owner);
        MergePatch.Apply(applied, patch);
        return applied;
    }

    private static string VersionOf(JsonObject value) => value["metadata"]!["resourceVersion"]!.GetValue<string>();

    private Task<JsonObject> PatchAsync(
        ApiResource resource,
        string? inNamespace,
        string name,
        JsonObject patch,
        string resourceVersion,
        string? subresource,
        CancellationToken ct)
    {
        // The server rejects a patch whose resourceVersion is no longer current.
        patch["metadata"] ??= new JsonObject();
        patch["metadata"]!["resourceVersion"] = resourceVersion;
        var path = resource.Path(inNamespace, name, subresource);
        var call = Call("patch", resource, inNamespace, name);
        return _connection.SendAsync(call, HttpMethod.Patch, path, Json(patch, "application/merge-patch+json"), ct);
    }

    private ApiCall Call(string verb, ApiResource resource, string? inNamespace, string? name) =>
        new(Server, verb, resource, inNamespace, name);

    private static ApiContent Json(JsonObject value, string type) => new(value.ToJsonString(), type);

    private static string Parameter(string name, string? value) =>
        string.IsNullOrEmpty(value) ? string.Empty : $"&{name}={Uri.EscapeDataString(value)}";
}
