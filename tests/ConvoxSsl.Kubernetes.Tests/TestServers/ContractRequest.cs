using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Kubernetes.Tests.TestServers;

/// <summary>
/// A request for both servers. In the path and body, <c>{ns}</c> is replaced by the test's namespace, <c>{user}</c> by its
/// user, and <c>{rv}</c>, <c>{uid}</c> and <c>{continue}</c> by those members of the last response that had them.
/// </summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path and query.</param>
/// <param name="Body">The body; null if there is none.</param>
/// <param name="ContentType">The body's media type.</param>
internal sealed record ContractRequest(string Method, string Path, string? Body = null, string ContentType = "application/json")
{
    /// <summary>The body on one line, as the transcripts record it.</summary>
    public string? Body { get; } = Body?.ReplaceLineEndings(string.Empty);

    /// <summary>True to send the request as a user with only the test's permissions instead of as the administrator.</summary>
    public bool IsByUser { get; init; }

    /// <summary>True to compare only the status and the reason, because the message quotes a parser.</summary>
    public bool IsLoose { get; init; }

    public static ContractRequest Get(string path) => new("GET", path);

    public static ContractRequest Post(string path, string body) => new("POST", path, body);

    public static ContractRequest Put(string path, string body) => new("PUT", path, body);

    public static ContractRequest Merge(string path, string body) => new("PATCH", path, body, KubernetesApi.MergePatch);

    public static ContractRequest Json(string path, string body) => new("PATCH", path, body, KubernetesApi.JsonPatch);

    public static ContractRequest Strategic(string path, string body) => new("PATCH", path, body, KubernetesApi.StrategicPatch);

    public static ContractRequest Apply(string path, string body) => new("PATCH", path, body, KubernetesApi.ApplyPatch);

    public static ContractRequest Delete(string path, string? body = null) => new("DELETE", path, body);

    public ContractRequest AsUser() => this with { IsByUser = true };

    public ContractRequest Loose() => this with { IsLoose = true };
}
