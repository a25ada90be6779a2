using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes.Scripted;

/// <summary>An invalid member, as among the causes of a Status.</summary>
internal sealed record FieldProblem(string Reason, string Field, string Message)
{
    public static FieldProblem Required(string field, string? detail = null) =>
        new("FieldValueRequired", field, "Required value" + (detail is null ? string.Empty : $": {detail}"));

    public static FieldProblem Invalid(string field, string shown, string detail) =>
        new("FieldValueInvalid", field, $"Invalid value: {shown}: {detail}");

    public static FieldProblem Unsupported(string field, string shown, string supported) =>
        new("FieldValueNotSupported", field, $"Unsupported value: {shown}: supported values: {supported}");

    public static FieldProblem Immutable(string field, string? value) => Invalid(field, $"\"{value}\"", "field is immutable");
}

/// <summary>A failure response, with the words of the real server.</summary>
internal sealed class ApiProblem(KubernetesResponse response) : Exception
{
    public KubernetesResponse Response { get; } = response;

    public static ApiProblem BadRequest(string message) => new(KubernetesResponse.Problem(400, "BadRequest", message));

    public static ApiProblem Unauthorized() => new(KubernetesResponse.Problem(401, "Unauthorized", "Unauthorized"));

    public static ApiProblem NoSuchPath(string path) => new(path.StartsWith("/api", StringComparison.Ordinal)
        ? KubernetesResponse.Text(404, "404 page not found\n")
        : KubernetesResponse.Of(
            new JsonObject { ["paths"] = new JsonArray("/api", "/apis", "/healthz", "/livez", "/readyz", "/version") }, 404));

    public static ApiProblem NoSuchResource() =>
        new(KubernetesResponse.Problem(404, "NotFound", "the server could not find the requested resource", []));

    public static ApiProblem MethodNotAllowed() =>
        new(KubernetesResponse.Problem(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", []));

    public static ApiProblem PatchType(ServedResource resource) => new(resource.IsCustom
        ? KubernetesResponse.Problem(
            415,
            "UnsupportedMediaType",
            $"the body of the request was in an unknown format - accepted media types include: {KubernetesApi.JsonPatch}, "
                + $"{KubernetesApi.MergePatch}, {KubernetesApi.ApplyPatch}")
        : KubernetesResponse.Problem(415, "UnsupportedMediaType", "415: Unsupported Media Type", []));

    public static ApiProblem Rejected() =>
        new(KubernetesResponse.Problem(422, "Invalid", "the server rejected our request due to an error in our request", []));

    public static ApiProblem NotFound(ServedResource resource, string name) =>
        new(
            KubernetesResponse.Problem(
                404, "NotFound", $"{resource.Qualified} \"{name}\" not found", Details(resource.Group, resource.Plural, name)));

    public static ApiProblem AlreadyExists(ServedResource resource, string name) =>
        new(
            KubernetesResponse.Problem(
                409, "AlreadyExists", $"{resource.Qualified} \"{name}\" already exists", Details(resource.Group, resource.Plural, name)));

    public static ApiProblem Modified(ServedResource resource, string name) => Conflict(
        resource.Qualified,
        resource.Group,
        resource.Plural,
        name,
        "the object has been modified; please apply your changes to the latest version and try again");

    /// <summary>Creates a 409 for a write; depending on the caller, the real server names the resource or the kind.</summary>
    public static ApiProblem Conflict(string shown, string group, string kind, string name, string why) =>
        new(
            KubernetesResponse.Problem(
                409, "Conflict", $"Operation cannot be fulfilled on {shown} \"{name}\": {why}", Details(group, kind, name)));

    /// <param name="conflicts">The owners as messages name them, and their members.</param>
    public static ApiProblem ApplyConflict(IReadOnlyList<(string Manager, string Field)> conflicts)
    {
        var text = string.Join(
            '\n',
            conflicts.GroupBy(c => c.Manager).Select(g => $"conflicts with {g.Key}:\n" + string.Join('\n', g.Select(c => $"- {c.Field}"))));
        var counted = conflicts.Count == 1
            ? $"1 conflict: conflict with {conflicts[0].Manager}: {conflicts[0].Field}"
            : $"{conflicts.Count} conflicts: {text}";
        var causes = conflicts.Select(c =>
            (JsonNode)new JsonObject
            {
                ["reason"] = "FieldManagerConflict",
                ["message"] = $"conflict with {c.Manager}",
                ["field"] = c.Field,
            });
        return new ApiProblem(KubernetesResponse.Problem(
            409, "Conflict", $"Apply failed with {counted}", new JsonObject { ["causes"] = new JsonArray([.. causes]) }));
    }

    public static ApiProblem Forbidden(RequestInfo request, string user)
    {
        if (!request.IsResource)
        {
            return new ApiProblem(
                KubernetesResponse.Problem(
                    403, "Forbidden", $"forbidden: User \"{user}\" cannot {request.Verb} path \"{request.Path}\"", []));
        }

        var qualified = request.Group.Length == 0 ? request.Resource : $"{request.Resource}.{request.Group}";
        var target = request.Name.Length == 0 ? qualified : $"{qualified} \"{request.Name}\"";
        var resource = request.Subresource.Length == 0 ? request.Resource : $"{request.Resource}/{request.Subresource}";
        var where = request.Namespace.Length == 0 ? "at the cluster scope" : $"in the namespace \"{request.Namespace}\"";
        return new ApiProblem(KubernetesResponse.Problem(
            403,
            "Forbidden",
            $"{target} is forbidden: User \"{user}\" cannot {request.Verb} resource \"{resource}\" in API group \"{request.Group}\" "
                + $"{where}",
            Details(request.Group, request.Resource, request.Name)));
    }

    public static ApiProblem Terminating(ServedResource resource, string name, string space)
    {
        var details = Details(resource.Group, resource.Plural, name);
        details["causes"] = new JsonArray(
            new JsonObject
            {
                ["reason"] = "NamespaceTerminating",
                ["message"] = $"namespace {space} is being terminated",
                ["field"] = "metadata.namespace",
            });
        return new ApiProblem(KubernetesResponse.Problem(
            403,
            "Forbidden",
            $"{resource.Qualified} \"{name}\" is forbidden: unable to create new content in namespace {space} because it is being "
                + "terminated",
            details));
    }

    public static ApiProblem Invalid(string qualifiedKind, string name, params IReadOnlyList<FieldProblem> problems)
    {
        var parts = qualifiedKind.Split('.', 2);
        var text = string.Join(", ", problems.Select(p => $"{p.Field}: {p.Message}"));
        var details = Details(parts.Length > 1 ? parts[1] : string.Empty, parts[0], name);
        details["causes"] = new JsonArray(
            [.. problems.Select(p => (JsonNode)new JsonObject { ["reason"] = p.Reason, ["message"] = p.Message, ["field"] = p.Field })]);
        return new ApiProblem(KubernetesResponse.Problem(
            422, "Invalid", $"{qualifiedKind} \"{name}\" is invalid: {(problems.Count == 1 ? text : $"[{text}]")}", details));
    }

    private static JsonObject Details(string group, string kind, string name)
    {
        var details = new JsonObject();
        if (name.Length > 0)
        {
            details["name"] = name;
        }

        if (group.Length > 0)
        {
            details["group"] = group;
        }

        details["kind"] = kind;
        return details;
    }
}
