namespace ConvoxSsl.Kubernetes.Api;

/// <summary>What is asked of the API server, in RBAC's words.</summary>
/// <param name="Server">The server's address.</param>
/// <param name="Verb">The RBAC verb.</param>
/// <param name="Resource">The kind of object.</param>
/// <param name="Namespace">The namespace; null for the cluster or all of them.</param>
/// <param name="Name">The object's name, where there is one.</param>
internal sealed record ApiCall(string Server, string Verb, ApiResource Resource, string? Namespace, string? Name)
{
    /// <summary>The object that it is about.</summary>
    public string Object => $"{Resource.Kind} {(Namespace is null ? string.Empty : Namespace + "/")}{Name ?? "*"}";

    /// <inheritdoc/>
    public override string ToString() => $"{Verb} {Object}";
}
