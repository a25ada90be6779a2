using System.Globalization;
using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Acme;

/// <summary>An answer of the server, made by hand or about to be changed by a fault.</summary>
public sealed record AcmeReply
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
    public bool BreaksOff { get; init; }

    /// <summary>The other headers, in order; a name may stand there more than once.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>A JSON document.</summary>
    public static AcmeReply Json(JsonNode body, int status = 200) =>
        new() { Status = status, ContentType = "application/json", Body = body.ToJsonString() };

    /// <summary>A problem document.</summary>
    public static AcmeReply Problem(CaProblem problem) =>
        new() { Status = problem.Status, ContentType = "application/problem+json", Body = problem.ToJson().ToJsonString() };

    /// <summary>A problem document of the given type, such as <c>rateLimited</c>.</summary>
    public static AcmeReply Problem(int status, string type, string detail = "scripted") =>
        Problem(new CaProblem { Status = status, Type = type, Detail = detail });

    /// <summary>A page, as a load balancer in front of a CA answers with.</summary>
    public static AcmeReply Html(int status) =>
        new()
        {
            Status = status,
            ContentType = "text/html",
            Body = $"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>",
        };

    /// <summary>A redirection.</summary>
    public static AcmeReply Redirect(int status, string location) => new AcmeReply { Status = status }.With("Location", location);

    /// <summary>A body of that text.</summary>
    public static AcmeReply Text(string body, string contentType = "application/json", int status = 200) =>
        new() { Status = status, ContentType = contentType, Body = body };

    /// <summary>A body that never ends.</summary>
    public static AcmeReply Endless() => new() { ContentType = "application/json", Body = "{\"a\":\"", IsEndless = true };

    /// <summary>With Retry-After as seconds.</summary>
    public AcmeReply RetryAfter(int seconds) => With("Retry-After", seconds.ToString(CultureInfo.InvariantCulture));

    /// <summary>With Retry-After as an HTTP date.</summary>
    public AcmeReply RetryAfter(DateTimeOffset date) => With("Retry-After", date.ToString("r", CultureInfo.InvariantCulture));

    /// <summary>With one header more.</summary>
    public AcmeReply With(string name, string value) => this with { Headers = [.. Headers, (name, value)] };

    /// <summary>Without the headers of that name.</summary>
    public AcmeReply Without(string name) =>
        this with { Headers = [.. Headers.Where(h => !h.Name.Equals(name, StringComparison.OrdinalIgnoreCase))] };

    /// <summary>With a change of the JSON document in it.</summary>
    public AcmeReply Edit(Action<JsonObject> change)
    {
        var document = JsonNode.Parse(Body)!.AsObject();
        change(document);
        return this with { Body = document.ToJsonString() };
    }
}
