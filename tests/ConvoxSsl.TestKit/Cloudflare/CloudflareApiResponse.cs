using System.Globalization;
using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Cloudflare;

/// <summary>A response of the server, or one that a test defines.</summary>
public sealed record CloudflareApiResponse
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; init; } = 200;

    /// <summary>The Content-Type header.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>The body.</summary>
    public string Body { get; init; } = string.Empty;

    /// <summary>The Retry-After header; null for none.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>Creates a success in the envelope.</summary>
    /// <param name="result">The result.</param>
    /// <param name="info">The member <c>result_info</c>; null for none.</param>
    public static CloudflareApiResponse Success(JsonNode? result, JsonObject? info = null)
    {
        var envelope = new JsonObject
        {
            ["success"] = true,
            ["errors"] = new JsonArray(),
            ["messages"] = new JsonArray(),
            ["result"] = result,
        };
        if (info is not null)
        {
            envelope["result_info"] = info;
        }

        return new CloudflareApiResponse { Body = envelope.ToJsonString() };
    }

    /// <summary>Creates an error in the envelope.</summary>
    public static CloudflareApiResponse Error(int status, int code, string message) => Refusal(
        status, new JsonObject { ["code"] = code, ["message"] = message });

    /// <summary>Creates an error with a cause.</summary>
    public static CloudflareApiResponse Error(int status, int code, string message, int causeCode, string cause) =>
        Refusal(status, new JsonObject
    {
        ["code"] = code,
        ["message"] = message,
        ["error_chain"] = new JsonArray(new JsonObject { ["code"] = causeCode, ["message"] = cause }),
    });

    /// <summary>Creates a page such as Cloudflare's edge returns if the API is down.</summary>
    public static CloudflareApiResponse Html(int status) =>
        new() { Status = status, ContentType = "text/html", Body = $"<html><body>{status}</body></html>" };

    /// <summary>Adds Retry-After in seconds.</summary>
    public CloudflareApiResponse After(int seconds) => this with { RetryAfter = seconds.ToString(CultureInfo.InvariantCulture) };

    private static CloudflareApiResponse Refusal(int status, JsonObject error) => new()
    {
        Status = status,
        Body = new JsonObject
        {
            ["success"] = false,
            ["errors"] = new JsonArray(error),
            ["messages"] = new JsonArray(),
            ["result"] = null,
        }.ToJsonString(),
    };
}

/// <summary>The exception for a rejected request.</summary>
internal sealed class RejectedException(CloudflareApiResponse response) : Exception
{
    public CloudflareApiResponse Response { get; } = response;

    public static RejectedException Of(int status, int code, string message) => new(CloudflareApiResponse.Error(status, code, message));
}
