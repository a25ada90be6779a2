using System.Globalization;
using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Acme;

/// <summary>A response of the server, or one that a test defines.</summary>
public sealed record CaResponse
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; init; } = 200;

    /// <summary>The Content-Type header; null for none.</summary>
    public string? ContentType { get; init; }

    /// <summary>The body.</summary>
    public string Body { get; init; } = string.Empty;

    /// <summary>True to send an endless body.</summary>
    public bool IsEndless { get; init; }

    /// <summary>True to break the connection in the middle of the body.</summary>
    public bool IsCutOff { get; init; }

    /// <summary>The other headers, in order; a name can occur more than once.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>Creates a response with a JSON document.</summary>
    public static CaResponse Json(JsonNode body, int status = 200) =>
        new() { Status = status, ContentType = "application/json", Body = body.ToJsonString() };

    /// <summary>Creates a response with a problem document.</summary>
    public static CaResponse Problem(CaProblem problem) =>
        new() { Status = problem.Status, ContentType = "application/problem+json", Body = problem.ToJson().ToJsonString() };

    /// <summary>Creates a response with a problem document of a type such as <c>rateLimited</c>.</summary>
    public static CaResponse Problem(int status, string type, string detail = "scripted") =>
        Problem(new CaProblem { Status = status, Type = type, Detail = detail });

    /// <summary>Creates a page such as a load balancer in front of a CA returns.</summary>
    public static CaResponse Html(int status) =>
        new()
        {
            Status = status,
            ContentType = "text/html",
            Body = $"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>",
        };

    /// <summary>Creates a redirect.</summary>
    public static CaResponse Redirect(int status, string location) => new CaResponse { Status = status }.With("Location", location);

    /// <summary>Creates a response with a text.</summary>
    public static CaResponse Text(string body, string contentType = "application/json", int status = 200) =>
        new() { Status = status, ContentType = contentType, Body = body };

    /// <summary>Creates a response with an endless body.</summary>
    public static CaResponse Endless() => new() { ContentType = "application/json", Body = "{\"a\":\"", IsEndless = true };

    /// <summary>Adds Retry-After in seconds.</summary>
    public CaResponse RetryAfter(int seconds) => With("Retry-After", seconds.ToString(CultureInfo.InvariantCulture));

    /// <summary>Adds Retry-After as an HTTP date.</summary>
    public CaResponse RetryAfter(DateTimeOffset date) => With("Retry-After", date.ToString("r", CultureInfo.InvariantCulture));

    /// <summary>Adds a header.</summary>
    public CaResponse With(string name, string value) => this with { Headers = [.. Headers, (name, value)] };

    /// <summary>Removes the headers with this name.</summary>
    public CaResponse Without(string name) =>
        this with { Headers = [.. Headers.Where(h => !h.Name.Equals(name, StringComparison.OrdinalIgnoreCase))] };

    /// <summary>Changes the JSON document in the body.</summary>
    public CaResponse Edit(Action<JsonObject> change)
    {
        var document = JsonNode.Parse(Body)!.AsObject();
        change(document);
        return this with { Body = document.ToJsonString() };
    }
}
