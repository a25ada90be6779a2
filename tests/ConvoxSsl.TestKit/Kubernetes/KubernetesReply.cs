using System.Globalization;
using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes;

/// <summary>An answer of the scripted server, or one made by hand.</summary>
public sealed record KubernetesReply
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; init; } = 200;

    /// <summary>The Content-Type header.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>The body.</summary>
    public string Body { get; init; } = string.Empty;

    /// <summary>The Retry-After header; null for none.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>An object or list.</summary>
    public static KubernetesReply Of(JsonObject value, int status = 200) => new() { Status = status, Body = value.ToJsonString() };

    /// <summary>A plain text.</summary>
    public static KubernetesReply Text(int status, string text) => new() { Status = status, ContentType = "text/plain; charset=utf-8", Body = text };

    /// <summary>A refusal: an object of the kind Status.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="reason">Such as <c>Conflict</c>; null for none.</param>
    /// <param name="message">The message.</param>
    /// <param name="details">The member <c>details</c>; null for none.</param>
    /// <param name="metadata">The member <c>metadata</c>; null for an empty one.</param>
    public static KubernetesReply Problem(int status, string? reason, string message, JsonObject? details = null, JsonObject? metadata = null)
    {
        var document = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = metadata ?? [],
            ["status"] = "Failure",
            ["message"] = message,
        };
        if (reason is not null)
        {
            document["reason"] = reason;
        }

        if (details is not null)
        {
            document["details"] = details;
        }

        document["code"] = status;
        return Of(document, status);
    }

    /// <summary>A 403 as of an admission plugin or webhook.</summary>
    public static KubernetesReply Forbidden(string message) => Problem(403, "Forbidden", message);

    /// <summary>A 429 as the server sends where too much is asked of it.</summary>
    public static KubernetesReply TooManyRequests(int retryAfterSeconds) =>
        Problem(429, "TooManyRequests", "the server has received too many requests and has asked us to try again later", new JsonObject { ["retryAfterSeconds"] = retryAfterSeconds })
            .After(retryAfterSeconds);

    /// <summary>A 500 as the server sends where etcd does not answer.</summary>
    public static KubernetesReply InternalError() => Problem(
        500,
        "InternalError",
        "Internal error occurred: etcdserver: request timed out",
        new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["message"] = "etcdserver: request timed out" }) });

    /// <summary>A 503 of a server that is stopping.</summary>
    public static KubernetesReply Unavailable() => Problem(503, "ServiceUnavailable", "the server is currently unable to handle the request");

    /// <summary>With Retry-After as seconds.</summary>
    public KubernetesReply After(int seconds) => this with { RetryAfter = seconds.ToString(CultureInfo.InvariantCulture) };
}
