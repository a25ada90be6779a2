using System.Globalization;
using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes;

/// <summary>A response of the scripted server or of a test.</summary>
public sealed record KubernetesResponse
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; init; } = 200;

    /// <summary>The Content-Type header.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>The body.</summary>
    public string Body { get; init; } = string.Empty;

    /// <summary>The Retry-After header; null if there is none.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>Creates a response with an object or list.</summary>
    public static KubernetesResponse Of(JsonObject value, int status = 200) => new() { Status = status, Body = value.ToJsonString() };

    /// <summary>Creates a response with plain text.</summary>
    public static KubernetesResponse Text(int status, string text) =>
        new() { Status = status, ContentType = "text/plain; charset=utf-8", Body = text };

    /// <summary>Creates a failure response with a Status object.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="reason">The reason, such as <c>Conflict</c>; null if there is none.</param>
    /// <param name="message">The message.</param>
    /// <param name="details">The member <c>details</c>; null if there is none.</param>
    /// <param name="metadata">The member <c>metadata</c>; null for an empty one.</param>
    public static KubernetesResponse Problem(
        int status, string? reason, string message, JsonObject? details = null, JsonObject? metadata = null)
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

    /// <summary>Creates a 403 as an admission plugin or webhook does.</summary>
    public static KubernetesResponse Forbidden(string message) => Problem(403, "Forbidden", message);

    /// <summary>Creates a 429 as an overloaded server does.</summary>
    public static KubernetesResponse TooManyRequests(int retryAfterSeconds) =>
        Problem(
            429,
            "TooManyRequests",
            "the server has received too many requests and has asked us to try again later",
            new JsonObject { ["retryAfterSeconds"] = retryAfterSeconds })
            .After(retryAfterSeconds);

    /// <summary>Creates a 500 as a server does when etcd does not respond.</summary>
    public static KubernetesResponse InternalError() => Problem(
        500,
        "InternalError",
        "Internal error occurred: etcdserver: request timed out",
        new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["message"] = "etcdserver: request timed out" }) });

    /// <summary>Creates a 503 as a stopping server does.</summary>
    public static KubernetesResponse Unavailable() =>
        Problem(503, "ServiceUnavailable", "the server is currently unable to handle the request");

    /// <summary>Adds Retry-After in seconds.</summary>
    public KubernetesResponse After(int seconds) => this with { RetryAfter = seconds.ToString(CultureInfo.InvariantCulture) };
}
