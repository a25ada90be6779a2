using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes.Scripted;

/// <summary>Creates, changes and deletes objects, as the generic registry of the real server does.</summary>
internal sealed class ObjectWrites(
    ObjectStore store, ServedResource namespaces, IReadOnlyDictionary<string, CustomSchema> schemas, TimeProvider time)
{
    // The characters of generated names: no vowels, and no similar characters.
    private const string NameLetters = "bcdfghjklmnpqrstvwxz2456789";

    public DateTimeOffset Time => time.GetUtcNow();

    private string Now => ApiObject.Timestamp(Time);

    public JsonObject Create(ServedResource resource, RequestInfo request, JsonObject value, KubernetesRequest call, bool isApply = false)
    {
        Decode(resource, value);
        MatchNamespace(resource, request, value);
        DemandNamespace(resource, request.Namespace, value);
        if (value.Version() is not null && request.Verb == "create")
        {
            throw new ApiProblem(KubernetesResponse.Problem(
                500, reason: null, "resourceVersion should not be set on objects to be created"));
        }

        Prepare(resource, value);
        ObjectRules.Check(resource, value, before: null, FindSchema(resource)?.Check(value) ?? []);
        if (store.Find(resource, resource.IsNamespaced ? request.Namespace : string.Empty, value.Name()) is not null)
        {
            throw ApiProblem.AlreadyExists(resource, value.Name());
        }

        if (!isApply)
        {
            FieldManagers.Note(before: null, value, call.FieldManager, Now);
        }

        return call.IsDryRun ? value : store.Put(resource, value);
    }

    /// <summary>Replaces a stored object by the result of a PUT or a patch.</summary>
    /// <param name="noteManager">True to make the writer the owner of changes; apply has done so already.</param>
    public JsonObject Update(
        ServedResource resource,
        RequestInfo request,
        JsonObject before,
        JsonObject value,
        KubernetesRequest call,
        bool noteManager = true)
    {
        if (value.Version() is { } version && version != before.Version())
        {
            throw ApiProblem.Modified(resource, before.Name());
        }

        Decode(resource, value);
        MatchNamespace(resource, request, value);
        var after = Combine(resource, request.Subresource, before, value, noteManager);
        ObjectRules.Check(resource, after, before, FindSchema(resource)?.Check(after) ?? []);
        if (noteManager)
        {
            FieldManagers.Note(before, after, call.FieldManager, Now);
        }

        if (JsonNode.DeepEquals(WithoutManagers(before), WithoutManagers(after)) && (noteManager || JsonNode.DeepEquals(before, after)))
        {
            return before;
        }

        if (call.IsDryRun)
        {
            return after;
        }

        var isGone = after.IsBeingDeleted() && !after.HasFinalizers()
            && (resource != namespaces || (after["spec"]?["finalizers"] as JsonArray ?? []).Count == 0);
        if (isGone)
        {
            store.Remove(resource, after);
            return after;
        }

        return store.Put(resource, after);
    }

    /// <returns>The object if its finalizers keep it; null if it is deleted.</returns>
    public JsonObject? Delete(ServedResource resource, JsonObject before, JsonObject options, bool isDryRun)
    {
        Check(resource, before, options["preconditions"] as JsonObject);
        var after = before.Copy();
        var policy = ApiObject.Text(options["propagationPolicy"]);
        if (policy is "Foreground" or "Orphan")
        {
            if (after.Metadata()["finalizers"] is not JsonArray finalizers)
            {
                after.Metadata()["finalizers"] = finalizers = [];
            }

            finalizers.Add(policy == "Foreground" ? "foregroundDeletion" : "orphan");
        }

        if (!after.HasFinalizers() && resource != namespaces)
        {
            if (!isDryRun)
            {
                store.Remove(resource, before);
            }

            return null;
        }

        if (before.IsBeingDeleted())
        {
            return before;
        }

        after.Metadata()["deletionTimestamp"] = Now;
        if (resource == namespaces)
        {
            after["status"] = new JsonObject { ["phase"] = "Terminating" };
        }
        else
        {
            after.Metadata()["deletionGracePeriodSeconds"] = 0;
        }

        return isDryRun ? after : store.Put(resource, after);
    }

    /// <summary>Decodes an object as its kind: drops unknown members and sets defaults.</summary>
    public void Decode(ServedResource resource, JsonObject value)
    {
        ObjectRules.Decode(resource, value);
        FindSchema(resource)?.Complete(value);
    }

    private CustomSchema? FindSchema(ServedResource resource) => resource.IsCustom ? schemas[resource.Kind] : null;

    private static void Check(ServedResource resource, JsonObject value, JsonObject? preconditions)
    {
        if (ApiObject.Text(preconditions?["uid"]) is { } uid && uid != value.Meta("uid"))
        {
            throw ApiProblem.Conflict(
                resource.QualifiedKind, resource.Group, resource.Kind, value.Name(),
                $"the UID in the precondition ({uid}) does not match the UID in record ({value.Meta("uid")}). The object might have been "
                    + "deleted and then recreated");
        }

        if (ApiObject.Text(preconditions?["resourceVersion"]) is { } version && version != value.Version())
        {
            throw ApiProblem.Conflict(
                resource.QualifiedKind, resource.Group, resource.Kind, value.Name(),
                $"the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record ({value.Version()}). "
                    + "The object might have been modified");
        }
    }

    private void DemandNamespace(ServedResource resource, string space, JsonObject value)
    {
        if (!resource.IsNamespaced)
        {
            return;
        }

        var found = store.Find(namespaces, string.Empty, space) ?? throw ApiProblem.NotFound(namespaces, space);
        if (found.IsBeingDeleted())
        {
            throw ApiProblem.Terminating(resource, value.Name(), space);
        }
    }

    private static void MatchNamespace(ServedResource resource, RequestInfo request, JsonObject value)
    {
        var metadata = value.Metadata();
        if (!resource.IsNamespaced)
        {
            metadata.Remove("namespace");
            return;
        }

        if (ApiObject.Text(metadata["namespace"]) is { Length: > 0 } given && given != request.Namespace)
        {
            throw ApiProblem.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        }

        metadata["namespace"] = request.Namespace;
    }

    private void Prepare(ServedResource resource, JsonObject value)
    {
        var metadata = value.Metadata();
        if (value.Name().Length == 0)
        {
            var prefix = value.Meta("generateName") is { Length: > 0 } given
                ? given
                : throw ApiProblem.Invalid(
                    resource.QualifiedKind, string.Empty, FieldProblem.Required("metadata.name", "name or generateName is required"));
            metadata["name"] = prefix[..Math.Min(prefix.Length, 58)] + RandomNumberGenerator.GetString(NameLetters, 5);
        }

        foreach (var name in (string[])["deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "resourceVersion"])
        {
            metadata.Remove(name);
        }

        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = Now;
        if (resource.IsCustom)
        {
            metadata["generation"] = 1L;
        }

        if (resource.HasStatus)
        {
            value.Remove("status");
        }

        if (resource == namespaces)
        {
            value["spec"] = new JsonObject { ["finalizers"] = new JsonArray("kubernetes") };
            value["status"] = new JsonObject { ["phase"] = "Active" };
        }
    }

    private JsonObject Combine(ServedResource resource, string subresource, JsonObject before, JsonObject value, bool noteManager)
    {
        var after = subresource.Length == 0 ? value.Copy() : before.Copy();
        switch (subresource)
        {
            case "status":
                after.TakeOver(value, "status");
                break;
            case "finalize":
                after = value.Copy();
                after["spec"] = value["spec"]?["finalizers"] is JsonArray { Count: > 0 } ? value["spec"]!.DeepClone() : new JsonObject();
                after.TakeOver(before, "status");
                break;
            default:
                if (resource.HasStatus)
                {
                    after.TakeOver(before, "status");
                }

                if (resource == namespaces)
                {
                    after.TakeOver(before, "spec");
                }

                break;
        }

        var (metadata, old) = (after.Metadata(), before.Metadata());
        foreach (var name in (string[])
        [
            "uid",
            "creationTimestamp",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "generation",
            "resourceVersion",
            "generateName",
        ])
        {
            metadata.TakeOver(old, name);
        }

        metadata.TakeOver(noteManager ? old : value.Metadata(), "managedFields");
        metadata.Remove("selfLink");
        if (resource.IsCustom && IsOtherGeneration(before, after))
        {
            metadata["generation"] = (old["generation"]?.GetValue<long>() ?? 0) + 1;
        }

        after["kind"] = resource.Kind;
        after["apiVersion"] = resource.ApiVersion;
        return after;
    }

    private static bool IsOtherGeneration(JsonObject before, JsonObject after) =>
        before.Concat(after)
            .Select(m => m.Key)
            .Distinct()
            .Any(name => name is not ("metadata" or "status") && !JsonNode.DeepEquals(before[name], after[name]));

    private static JsonObject WithoutManagers(JsonObject value)
    {
        var copy = value.Copy();
        copy.Metadata().Remove("managedFields");
        return copy;
    }
}
