using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes.Scripted;

/// <summary>Executes the verbs on the objects of a resource for authorized requests.</summary>
internal sealed class ObjectVerbs(ObjectStore store, ObjectLists lists, ObjectWrites writes, RbacAuthorizer authorizer)
{
    public KubernetesResponse Respond(ServedResource resource, RequestInfo request, KubernetesRequest call, CallerIdentity caller) =>
        request.Verb switch
    {
        "get" => KubernetesResponse.Of(Demand(resource, request)),
        "list" => lists.Respond(resource, request, call),
        "create" => request.Name.Length == 0 ? Create(resource, request, call) : throw ApiProblem.MethodNotAllowed(),
        "update" => Update(resource, request, call, caller),
        "patch" => Patch(resource, request, call, caller),
        "delete" => Delete(resource, request, call),
        "deletecollection" => DeleteAll(resource, request, call),
        _ => throw ApiProblem.MethodNotAllowed(),
    };

    /// <summary>Reads a body as an object of the resource's kind.</summary>
    /// <exception cref="ApiProblem">The body is not an object of that kind.</exception>
    public static JsonObject Read(ServedResource resource, KubernetesRequest call)
    {
        var value = ApiObject.Parse(call.Body, resource.Kind);
        var (kind, apiVersion) = (ApiObject.Text(value["kind"]), ApiObject.Text(value["apiVersion"]));
        if (resource.IsCustom && kind is null)
        {
            throw ApiProblem.BadRequest(
                $"{resource.Kind} in version \"v1\" cannot be handled as a {resource.Kind}: unmarshalerDecoder: Object 'Kind' is missing "
                    + $"in '{call.Body}'");
        }

        if ((kind ?? resource.Kind) != resource.Kind)
        {
            throw ApiProblem.BadRequest(
                $"{kind} in version \"v1\" cannot be handled as a {resource.Kind}: no kind \"{kind}\" is registered for version "
                    + $"\"{apiVersion ?? resource.ApiVersion}\" in scheme");
        }

        if ((apiVersion ?? resource.ApiVersion) != resource.ApiVersion)
        {
            throw ApiProblem.BadRequest(
                $"the API version in the data ({apiVersion}) does not match the expected API version ({resource.ApiVersion})");
        }

        value["kind"] = resource.Kind;
        value["apiVersion"] = resource.ApiVersion;
        return value;
    }

    private JsonObject? Find(ServedResource resource, RequestInfo request) =>
        store.Find(resource, resource.IsNamespaced ? request.Namespace : string.Empty, request.Name);

    private JsonObject Demand(ServedResource resource, RequestInfo request) =>
        Find(resource, request) ?? throw ApiProblem.NotFound(resource, request.Name);

    private KubernetesResponse Create(ServedResource resource, RequestInfo request, KubernetesRequest call) =>
        KubernetesResponse.Of(writes.Create(resource, request, Read(resource, call), call), 201);

    private KubernetesResponse Update(ServedResource resource, RequestInfo request, KubernetesRequest call, CallerIdentity caller)
    {
        var value = Read(resource, call);
        MatchName(request, value);
        var before = Find(resource, request);
        if (before is null && resource.CreatesOnUpdate && request.Subresource.Length == 0)
        {
            authorizer.Demand(caller, request with { Verb = "create" });
            return KubernetesResponse.Of(writes.Create(resource, request, value, call), 201);
        }

        _ = before ?? throw ApiProblem.NotFound(resource, request.Name);
        if (value.Version() is null && resource.NeedsVersion)
        {
            throw ApiProblem.Invalid(
                resource.Qualified,
                request.Name,
                FieldProblem.Invalid("metadata.resourceVersion", "0x0", "must be specified for an update"));
        }

        if (value.Meta("uid") is { Length: > 0 } uid && uid != before.Meta("uid"))
        {
            throw ApiProblem.Conflict(
                resource.Qualified, resource.Group, resource.Plural, request.Name,
                $"StorageError: invalid object, Code: 4, Key: {resource.StorageKey(before)}, ResourceVersion: 0, AdditionalErrorMsg: "
                    + $"Precondition failed: UID in precondition: {uid}, UID in object meta: {before.Meta("uid")}");
        }

        return KubernetesResponse.Of(writes.Update(resource, request, before, value, call));
    }

    private KubernetesResponse Patch(ServedResource resource, RequestInfo request, KubernetesRequest call, CallerIdentity caller)
    {
        if (call.ContentType == KubernetesApi.ApplyPatch)
        {
            return Apply(resource, request, call, caller);
        }

        if (call.ContentType is not (KubernetesApi.JsonPatch or KubernetesApi.MergePatch)
            && (call.ContentType != KubernetesApi.StrategicPatch || resource.IsCustom))
        {
            throw ApiProblem.PatchType(resource);
        }

        var before = Demand(resource, request);
        var patched = call.ContentType == KubernetesApi.JsonPatch
            ? Patches.Apply(before.Copy(), Patches.Read(call.Body))
            : Patches.Merge(before.Copy(), ApiObject.Parse(call.Body, resource.Kind));
        MatchName(request, patched);
        if (patched.Meta("uid") is { } uid && uid != before.Meta("uid"))
        {
            throw ApiProblem.Invalid(resource.QualifiedKind, request.Name, FieldProblem.Immutable("metadata.uid", uid));
        }

        return KubernetesResponse.Of(writes.Update(resource, request, before, patched, call));
    }

    private KubernetesResponse Apply(ServedResource resource, RequestInfo request, KubernetesRequest call, CallerIdentity caller)
    {
        var manager = call.Parameter("fieldManager")
            ?? throw ApiProblem.Invalid(
                "PatchOptions.meta.k8s.io", string.Empty, FieldProblem.Required("fieldManager", "is required for apply patch"));
        var value = Read(resource, call);
        if (!ApiObject.Parse(call.Body, resource.Kind).ContainsKey("apiVersion"))
        {
            throw ApiProblem.BadRequest("invalid object type: apiVersion is not set");
        }

        MatchName(request, value);
        var before = Find(resource, request);
        if (before is null && request.Subresource.Length > 0)
        {
            throw ApiProblem.NotFound(resource, request.Name);
        }

        if (before is null)
        {
            authorizer.Demand(caller, request with { Verb = "create" });
        }

        var force = call.Parameter("force") is "true" or "1";
        writes.Decode(resource, value);
        // The manager does not own what the server adds.
        if (resource.Kind == "Secret" && JsonNode.Parse(call.Body)!["type"] is null)
        {
            value.Remove("type");
        }

        var time = ApiObject.Timestamp(writes.Time);
        var result = FieldManagers.Apply(before ?? [], value, manager, force, time);
        return before is null
            ? KubernetesResponse.Of(writes.Create(resource, request, result, call, isApply: true), 201)
            : KubernetesResponse.Of(writes.Update(resource, request, before, result, call, noteManager: false));
    }

    private KubernetesResponse Delete(ServedResource resource, RequestInfo request, KubernetesRequest call)
    {
        var before = Demand(resource, request);
        var options = call.Body.Length == 0 ? [] : ApiObject.Parse(call.Body, "DeleteOptions");
        var remaining = writes.Delete(resource, before, options, call.IsDryRun || options["dryRun"] is JsonArray { Count: > 0 });
        return KubernetesResponse.Of(remaining ?? new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["details"] = Deleted(resource, before),
        });
    }

    private KubernetesResponse DeleteAll(ServedResource resource, RequestInfo request, KubernetesRequest call)
    {
        JsonObject[] values = [.. lists.Select(resource, request, call)];
        var options = call.Body.Length == 0 ? [] : ApiObject.Parse(call.Body, "DeleteOptions");
        foreach (var value in values)
        {
            writes.Delete(resource, value, options, call.IsDryRun);
        }

        return KubernetesResponse.Of(ObjectLists.Document(resource, new JsonObject { ["resourceVersion"] = $"{store.Version}" }, values));
    }

    private static JsonObject Deleted(ServedResource resource, JsonObject value)
    {
        var details = new JsonObject { ["name"] = value.Name() };
        if (resource.Group.Length > 0)
        {
            details["group"] = resource.Group;
        }

        details["kind"] = resource.Plural;
        details["uid"] = value.Meta("uid");
        return details;
    }

    private static void MatchName(RequestInfo request, JsonObject value)
    {
        var name = value.Name();
        if (name.Length == 0)
        {
            value.Metadata()["name"] = request.Name;
        }
        else if (name != request.Name)
        {
            throw ApiProblem.BadRequest($"the name of the object ({name}) does not match the name on the URL ({request.Name})");
        }
    }
}
