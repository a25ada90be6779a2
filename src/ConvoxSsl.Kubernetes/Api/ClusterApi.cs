using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Kubernetes.Api;

/// <summary>
/// The API server of a cluster: objects as JSON, so that no field is lost. Lists come in pages; what fails for a moment
/// is tried again, and so is a change that another process was faster with.
/// </summary>
/// <seealso href="https://kubernetes.io/docs/reference/using-api/api-concepts"/>
/// <param name="client">Kubeconfig, credentials and TLS.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Told of each exchange, without bodies.</param>
internal sealed class ClusterApi(k8s.Kubernetes client, TimeProvider time, Action<string>? log = null) : IDisposable
{
    private const int PageSize = 250;
    private const int MostConflicts = 30;
    private const string OwnName = "convoxssl";

    private readonly ApiConnection _connection = new(client, time, log);

    /// <summary>The server's address.</summary>
    public string Server => _connection.Server;

    /// <summary>The object, or null.</summary>
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

    /// <summary>The objects in the order of namespaces and names, page by page.</summary>
    /// <param name="resource">Their kind.</param>
    /// <param name="inNamespace">Their namespace; null for all.</param>
    /// <param name="labels">A label selector.</param>
    /// <param name="fields">A field selector.</param>
    /// <param name="ct">Stops it.</param>
    public async IAsyncEnumerable<JsonObject> ListAsync(
        ApiResource resource, string? inNamespace, string? labels, string? fields, [EnumeratorCancellation] CancellationToken ct)
    {
        var call = Call("list", resource, inNamespace, null);
        for (string? next = null; ;)
        {
            var query = $"?limit={PageSize}{Parameter("labelSelector", labels)}{Parameter("fieldSelector", fields)}{Parameter("continue", next)}";
            JsonObject page;
            try
            {
                page = await _connection.SendAsync(call, HttpMethod.Get, resource.Path(inNamespace) + query, null, ct).ConfigureAwait(false);
            }
            catch (ExpiredListException e)
            {
                // The rest comes from the present state, with the token that the server gave for that.
                next = e.FreshContinue;
                continue;
            }

            foreach (var item in page["items"] as JsonArray ?? [])
            {
                if (item is JsonObject found)
                {
                    yield return found;
                }
            }

            next = (string?)page["metadata"]?["continue"];
            if (string.IsNullOrEmpty(next))
            {
                yield break;
            }
        }
    }

    /// <summary>Makes an object.</summary>
    /// <param name="resource">Its kind.</param>
    /// <param name="inNamespace">Its namespace.</param>
    /// <param name="made">The object; kind and version are filled in.</param>
    /// <param name="dryRun">Whether the server only answers as if it made it.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="ConflictException">There is one of that name.</exception>
    public Task<JsonObject> CreateAsync(ApiResource resource, string? inNamespace, JsonObject made, bool dryRun, CancellationToken ct)
    {
        made["apiVersion"] = resource.ApiVersion;
        made["kind"] = resource.Kind;
        return _connection.SendAsync(
            Call("create", resource, inNamespace, (string?)made["metadata"]?["name"]), HttpMethod.Post, resource.Path(inNamespace) + (dryRun ? "?dryRun=All" : string.Empty), Json(made, "application/json"), ct);
    }

    /// <summary>
    /// Changes an object, or makes it: only what differs is sent, and only if nobody was faster; then it is read again.
    /// </summary>
    /// <param name="resource">Its kind.</param>
    /// <param name="inNamespace">Its namespace.</param>
    /// <param name="name">Its name.</param>
    /// <param name="change">
    /// Makes the new object of a copy of the present one, which is null where there is none; null leaves things as they are.
    /// Called again when another process was faster.
    /// </param>
    /// <param name="subresource">The part of the object that is changed, such as <c>status</c>.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>The object as it is now; null where there is none.</returns>
    public Task<JsonObject?> ChangeAsync(
        ApiResource resource, string? inNamespace, string name, Func<JsonObject?, JsonObject?> change, string? subresource, CancellationToken ct) =>
        ChangeAsync(resource, inNamespace, name, change, made => CreateAsync(resource, inNamespace, made, false, ct), (before, patch) => PatchAsync(resource, inNamespace, name, patch, VersionOf(before), subresource, ct), ct);

    /// <summary>
    /// As <see cref="ChangeAsync(ApiResource, string?, string, Func{JsonObject?, JsonObject?}, string?, CancellationToken)"/>,
    /// but what is changed becomes the owner's, a program's whose object it is: what that applies later, without force, is no
    /// conflict then. What is made where there was nothing becomes the owner's with its first change.
    /// </summary>
    /// <param name="resource">Its kind.</param>
    /// <param name="inNamespace">Its namespace.</param>
    /// <param name="name">Its name.</param>
    /// <param name="change">Makes the new object of a copy of the present one.</param>
    /// <param name="owner">The program's name as a field manager.</param>
    /// <param name="ct">Stops it.</param>
    /// <seealso href="https://kubernetes.io/docs/reference/using-api/server-side-apply"/>
    public Task<JsonObject?> ChangeAsOwnerAsync(
        ApiResource resource, string? inNamespace, string name, Func<JsonObject?, JsonObject?> change, string owner, CancellationToken ct) =>
        ChangeAsync(resource, inNamespace, name, change, made => ApplyAsync(resource, inNamespace, name, made, null, OwnName, ct), (before, patch) => ApplyAsync(resource, inNamespace, name, Applied(before, patch, owner), VersionOf(before), owner, ct), ct);

    private async Task<JsonObject?> ChangeAsync(
        ApiResource resource, string? inNamespace, string name, Func<JsonObject?, JsonObject?> change, Func<JsonObject, Task<JsonObject>> create, Func<JsonObject, JsonObject, Task<JsonObject>> send, CancellationToken ct)
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
            catch (Exception e) when (e is ConflictException or EngineException { Code: ErrorCode.ClusterObjectNotFound } && attempt < MostConflicts)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(5, 20 * attempt)), time, ct).ConfigureAwait(false);
            }
            catch (ConflictException e)
            {
                throw new EngineException(ErrorCode.ClusterConflict, EngineErrorKind.Busy, $"Others keep changing {resource.Kind} {name}, so that it could not be changed. Try again.", name, e);
            }
        }
    }

    /// <summary>Removes an object; one that is gone already is no error.</summary>
    /// <param name="resource">Its kind.</param>
    /// <param name="inNamespace">Its namespace.</param>
    /// <param name="name">Its name.</param>
    /// <param name="resourceVersion">Removes it only as it was at that version; null for however it is.</param>
    /// <param name="ct">Stops it.</param>
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
            await _connection.SendAsync(Call("delete", resource, inNamespace, name), HttpMethod.Delete, resource.Path(inNamespace, name), Json(options, "application/json"), ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Code == ErrorCode.ClusterObjectNotFound)
        {
        }
    }

    /// <summary>Whether a version of an API group is served.</summary>
    public async Task<bool> IsServedAsync(string group, string version, CancellationToken ct)
    {
        try
        {
            await _connection.SendAsync(Call("get", new ApiResource(group, version, "APIResourceList", group), null, null), HttpMethod.Get, $"apis/{group}/{version}", null, ct).ConfigureAwait(false);
            return true;
        }
        catch (EngineException e) when (e.Code is ErrorCode.ClusterObjectNotFound or ErrorCode.NoCertManager)
        {
            return false;
        }
    }

    /// <summary>Whether this identity may do something.</summary>
    /// <param name="verb">The RBAC verb.</param>
    /// <param name="resource">The kind of object.</param>
    /// <param name="inNamespace">The namespace; null for the cluster or all of them.</param>
    /// <param name="subresource">The part of the object, such as <c>status</c>.</param>
    /// <param name="name">The object; null for any of them.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<bool> MayAsync(string verb, ApiResource resource, string? inNamespace, string? subresource, string? name, CancellationToken ct)
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

    // Without a version it makes the object, and does not touch what another has made meanwhile with other values.
    private Task<JsonObject> ApplyAsync(
        ApiResource resource, string? inNamespace, string name, JsonObject applied, string? resourceVersion, string owner, CancellationToken ct)
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

        return _connection.SendAsync(
            Call("patch", resource, inNamespace, name), HttpMethod.Patch, $"{resource.Path(inNamespace, name)}?fieldManager={Uri.EscapeDataString(owner)}&force={force}", Json(applied, "application/apply-patch+yaml"), ct);
    }

    private static JsonObject Applied(JsonObject before, JsonObject patch, string owner)
    {
        var applied = OwnedFields.Of(before, owner);
        MergePatch.Apply(applied, patch);
        return applied;
    }

    private static string VersionOf(JsonObject value) => value["metadata"]!["resourceVersion"]!.GetValue<string>();

    private Task<JsonObject> PatchAsync(
        ApiResource resource, string? inNamespace, string name, JsonObject patch, string resourceVersion, string? subresource, CancellationToken ct)
    {
        // With the version, the server refuses what was made from an older state.
        patch["metadata"] ??= new JsonObject();
        patch["metadata"]!["resourceVersion"] = resourceVersion;
        return _connection.SendAsync(
            Call("patch", resource, inNamespace, name), HttpMethod.Patch, resource.Path(inNamespace, name, subresource), Json(patch, "application/merge-patch+json"), ct);
    }

    private ApiCall Call(string verb, ApiResource resource, string? inNamespace, string? name) => new(Server, verb, resource, inNamespace, name);

    private static ApiContent Json(JsonObject value, string type) => new(value.ToJsonString(), type);

    private static string Parameter(string name, string? value) => string.IsNullOrEmpty(value) ? string.Empty : $"&{name}={Uri.EscapeDataString(value)}";
}
