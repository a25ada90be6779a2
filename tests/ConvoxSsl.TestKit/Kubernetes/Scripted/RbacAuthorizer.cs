using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes.Scripted;

/// <summary>The caller of a request.</summary>
internal sealed record CallerIdentity(string Name, IReadOnlyList<string> Groups)
{
    public const string Masters = "system:masters";
    public const string Authenticated = "system:authenticated";

    public static CallerIdentity Anonymous { get; } = new("system:anonymous", ["system:unauthenticated"]);
}

/// <summary>Authorizes requests by the Roles, ClusterRoles and bindings in the store.</summary>
internal sealed class RbacAuthorizer(ObjectStore store, IReadOnlyList<ServedResource> resources)
{
    private readonly ServedResource _roles = Resource(resources, "Role");
    private readonly ServedResource _roleBindings = Resource(resources, "RoleBinding");
    private readonly ServedResource _clusterRoles = Resource(resources, "ClusterRole");
    private readonly ServedResource _clusterRoleBindings = Resource(resources, "ClusterRoleBinding");

    /// <summary>A rule and the binding that grants it to the caller.</summary>
    public sealed record Grant(JsonObject Rule, string Reason);

    /// <exception cref="ApiProblem">The request is not allowed.</exception>
    public void Demand(CallerIdentity caller, RequestInfo request)
    {
        if (!IsAllowed(caller, request, out _))
        {
            throw ApiProblem.Forbidden(request, caller.Name);
        }
    }

    /// <param name="reason">The binding that allows it; empty for the administrator and for a denied request.</param>
    public bool IsAllowed(CallerIdentity caller, RequestInfo request, out string reason)
    {
        reason = string.Empty;
        if (caller.Groups.Contains(CallerIdentity.Masters))
        {
            return true;
        }

        var grant = Grants(caller, request.Namespace).FirstOrDefault(g => Covers(g.Rule, request));
        reason = grant?.Reason ?? string.Empty;
        return grant is not null;
    }

    /// <summary>Lists all rules for a caller in a namespace, or in the whole cluster if it is empty.</summary>
    public IEnumerable<Grant> Grants(CallerIdentity caller, string space)
    {
        foreach (var rule in BuiltInRules(caller))
        {
            yield return new Grant(rule, "RBAC: allowed by a built-in role");
        }

        foreach (var grant in Bound(caller, store.List(_clusterRoleBindings, string.Empty), string.Empty))
        {
            yield return grant;
        }

        foreach (var grant in space.Length == 0 ? [] : Bound(caller, store.List(_roleBindings, space), space))
        {
            yield return grant;
        }
    }

    private IEnumerable<Grant> Bound(CallerIdentity caller, IEnumerable<JsonObject> bindings, string space) =>
        from binding in bindings
        from subject in (binding["subjects"] as JsonArray ?? []).OfType<JsonObject>()
        where Matches(caller, subject, space)
        let kind = ApiObject.Text(binding["roleRef"]?["kind"])
        let name = ApiObject.Text(binding["roleRef"]?["name"]) ?? string.Empty
        let role = kind == "Role" ? store.Find(_roles, space, name) : store.Find(_clusterRoles, string.Empty, name)
        from rule in (role?["rules"] as JsonArray ?? []).OfType<JsonObject>()
        let shown = space.Length == 0 ? $"ClusterRoleBinding \"{binding.Name()}\"" : $"RoleBinding \"{binding.Name()}/{space}\""
        select new Grant(
            rule,
            $"RBAC: allowed by {shown} of {kind} \"{name}\" to {ApiObject.Text(subject["kind"])} \"{ApiObject.Text(subject["name"])}\"");

    private static bool Matches(CallerIdentity caller, JsonObject subject, string space)
    {
        var name = ApiObject.Text(subject["name"]) ?? string.Empty;
        return ApiObject.Text(subject["kind"]) switch
        {
            "User" => caller.Name == name,
            "Group" => caller.Groups.Contains(name),
            "ServiceAccount" => caller.Name == $"system:serviceaccount:{ApiObject.Text(subject["namespace"]) ?? space}:{name}",
            _ => false,
        };
    }

    private static bool Covers(JsonObject rule, RequestInfo request)
    {
        if (!Has(rule, "verbs", request.Verb))
        {
            return false;
        }

        if (!request.IsResource)
        {
            return Names(rule, "nonResourceURLs").Any(u => u == request.Path
                || (u.EndsWith('*') && request.Path.StartsWith(u[..^1], StringComparison.Ordinal)));
        }

        var resource = request.Subresource.Length == 0 ? request.Resource : $"{request.Resource}/{request.Subresource}";
        var isNamed = Names(rule, "resourceNames");
        return Has(rule, "apiGroups", request.Group)
            && (Has(rule, "resources", resource)
                || (request.Subresource.Length > 0 && Names(rule, "resources").Contains($"*/{request.Subresource}")))
            && (isNamed.Length == 0 || isNamed.Contains(request.Name));
    }

    private static IEnumerable<JsonObject> BuiltInRules(CallerIdentity caller)
    {
        yield return NonResource("/healthz", "/livez", "/readyz", "/version", "/version/");
        if (!caller.Groups.Contains(CallerIdentity.Authenticated))
        {
            yield break;
        }

        yield return NonResource(
            "/api",
            "/api/*",
            "/apis",
            "/apis/*",
            "/healthz",
            "/livez",
            "/openapi",
            "/openapi/*",
            "/readyz",
            "/version",
            "/version/");
        yield return new JsonObject
        {
            ["verbs"] = new JsonArray("create"),
            ["apiGroups"] = new JsonArray("authorization.k8s.io"),
            ["resources"] = new JsonArray("selfsubjectaccessreviews", "selfsubjectrulesreviews"),
        };
    }

    private static JsonObject NonResource(params string[] paths) =>
        new() { ["verbs"] = new JsonArray("get"), ["nonResourceURLs"] = new JsonArray([.. paths.Select(p => (JsonNode)p)]) };

    private static bool Has(JsonObject rule, string member, string value) =>
        Names(rule, member) is var names && (names.Contains("*") || names.Contains(value));

    private static string[] Names(JsonObject rule, string member) =>
        [.. (rule[member] as JsonArray ?? []).Select(n => ApiObject.Text(n) ?? string.Empty)];

    private static ServedResource Resource(IReadOnlyList<ServedResource> resources, string kind) => resources.Single(r => r.Kind == kind);
}
