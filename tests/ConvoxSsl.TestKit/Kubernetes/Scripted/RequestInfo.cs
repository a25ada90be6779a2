namespace ConvoxSsl.TestKit.Kubernetes.Scripted;

/// <summary>The attributes of a request for the authorizer, from its path and method.</summary>
internal sealed record RequestInfo
{
    public required string Path { get; init; }

    public required string Verb { get; init; }

    /// <summary>True for a request about a resource; otherwise only <see cref="Path"/> and <see cref="Verb"/> are set.</summary>
    public bool IsResource { get; init; }

    public string Group { get; init; } = string.Empty;

    public string Version { get; init; } = string.Empty;

    public string Resource { get; init; } = string.Empty;

    public string Subresource { get; init; } = string.Empty;

    /// <summary>The namespace; empty for all namespaces and for cluster-wide resources.</summary>
    public string Namespace { get; init; } = string.Empty;

    /// <summary>The object's name; empty for a list.</summary>
    public string Name { get; init; } = string.Empty;

    public static RequestInfo Of(KubernetesRequest call)
    {
        var parts = call.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            ["api", var version, .. { Length: > 0 } rest] => Resourceful(call, string.Empty, version, rest),
            ["apis", var group, var version, .. { Length: > 0 } rest] => Resourceful(call, group, version, rest),
            _ => new RequestInfo { Path = call.Path, Verb = call.Method.ToLowerInvariant() },
        };
    }

    private static RequestInfo Resourceful(KubernetesRequest call, string group, string version, string[] parts)
    {
        var (space, rest) = parts switch
        {
            ["namespaces", var name] => (name, parts),
            ["namespaces", var name, "status" or "finalize"] => (name, parts),
            ["namespaces", var name, .. var below] => (name, below),
            _ => (string.Empty, parts),
        };
        var target = rest.Length > 1 ? rest[1] : string.Empty;
        var verb = GetVerb(call, target.Length > 0);
        // A list that is limited to one object requires only the permission to list that object.
        var only = verb is "list" or "deletecollection" ? FieldSelector.OnlyName(call.Parameter("fieldSelector")) : null;
        return new RequestInfo
        {
            IsResource = true,
            Path = call.Path,
            Verb = verb,
            Group = group,
            Version = version,
            Namespace = space,
            Resource = rest[0],
            Name = only ?? target,
            Subresource = rest.Length > 2 ? rest[2] : string.Empty,
        };
    }

    private static string GetVerb(KubernetesRequest call, bool hasName) => call.Method switch
    {
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => hasName ? "delete" : "deletecollection",
        _ when call.Parameter("watch") is "true" or "1" => "watch",
        _ => hasName ? "get" : "list",
    };
}
