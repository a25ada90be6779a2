using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Kubernetes.Tests.TestServers;

/// <summary>
/// A request that is sent to both servers. In path and body <c>{ns}</c> stands for the test's namespace, <c>{user}</c> for
/// its user, <c>{rv}</c>, <c>{uid}</c> and <c>{continue}</c> for those members of the last answer that had one.
/// </summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path and query.</param>
/// <param name="Body">The body; null for none.</param>
/// <param name="ContentType">The body's media type.</param>
internal sealed record Exchange(string Method, string Path, string? Body = null, string ContentType = "application/json")
{
    /// <summary>Whether a user asks who has no rights but those of the test, and not the administrator.</summary>
    public bool IsByUser { get; init; }

    /// <summary>Whether only the status and the reason count, because the message quotes a parser.</summary>
    public bool IsLoose { get; init; }

    public static Exchange Get(string path) => new("GET", path);

    public static Exchange Post(string path, string body) => new("POST", path, body);

    public static Exchange Put(string path, string body) => new("PUT", path, body);

    public static Exchange Merge(string path, string body) => new("PATCH", path, body, KubernetesApi.MergePatch);

    public static Exchange Json(string path, string body) => new("PATCH", path, body, KubernetesApi.JsonPatch);

    public static Exchange Strategic(string path, string body) => new("PATCH", path, body, KubernetesApi.StrategicPatch);

    public static Exchange Apply(string path, string body) => new("PATCH", path, body, KubernetesApi.ApplyPatch);

    public static Exchange Delete(string path, string? body = null) => new("DELETE", path, body);

    public Exchange ByUser() => this with { IsByUser = true };

    public Exchange Loosely() => this with { IsLoose = true };
}
