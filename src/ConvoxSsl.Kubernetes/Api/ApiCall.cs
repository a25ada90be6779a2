namespace ConvoxSsl.Kubernetes.Api;

/// <summary>A request to the API server in the terms of RBAC, for error messages.</summary>
/// <param name="Server">The server's address.</param>
/// <param name="Verb">The RBAC verb.</param>
/// <param name="Resource">The kind of object.</param>
/// <param name="Namespace">The namespace; null for a cluster-wide resource or all namespaces.</param>
/// <param name="Name">The object's name, if the request is about one object.</param>
internal sealed record ApiCall(string Server, string Verb, ApiResource Resource, string? Namespace, string? Name)
{
    /// <summary>The object as messages name it.</summary>
    public string Object => $"{Resource.Kind} {(Namespace is null ? string.Empty : Namespace + "/")}{Name ?? "*"}";

    /// <inheritdoc/>
    public override string ToString() => $"{Verb} {Object}";
}
