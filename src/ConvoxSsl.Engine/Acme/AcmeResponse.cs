using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ConvoxSsl.Engine.Http;

namespace ConvoxSsl.Engine.Acme;

/// <summary>A complete response of the CA, with the headers that ACME uses.</summary>
internal sealed record AcmeResponse(
    Uri Url,
    HttpStatusCode Status,
    byte[] Body,
    string? ContentType,
    Uri? Location,
    DateTimeOffset? RetryAt,
    IReadOnlyList<Uri> Alternates,
    Uri? Next,
    string? Nonce,
    DateTimeOffset? Sent)
{
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>True if the response names another URL for the same request.</summary>
    public bool IsRedirect => (int)Status is 301 or 302 or 307 or 308 && Location is not null;

    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>Reads a response with its body.</summary>
    /// <exception cref="AcmeException">The body is larger than <see cref="AcmeClientOptions.MaxResponseBytes"/>.</exception>
    public static async Task<AcmeResponse> ReadAsync(Uri url, HttpResponseMessage response, AcmeClientOptions options, CancellationToken ct)
    {
        var body = await BoundedContent.TryReadAsync(response.Content, options.MaxResponseBytes, ct).ConfigureAwait(
            false) ?? throw new AcmeException(
            AcmeProblem.Create(AcmeProblemType.MalformedAnswer, $"its response is larger than {options.MaxResponseBytes} bytes"), url);
        string[] links = response.Headers.TryGetValues("Link", out var values) ? [.. values] : [];
        return new AcmeResponse(
            url,
            response.StatusCode,
            body,
            response.Content.Headers.ContentType?.MediaType,
            response.Headers.Location is { } location && Uri.TryCreate(url, location, out var target) ? target : null,
            RetryAfterHeader.Read(response.Headers, options.Time.GetUtcNow()),
            LinkHeader.FindTargets(links, url, "alternate"),
            LinkHeader.FindTargets(links, url, "next") is [var next, ..] ? next : null,
            response.Headers.TryGetValues("Replay-Nonce", out var nonces) ? nonces.First() : null,
            response.Headers.Date);
    }

    /// <summary>Parses the body.</summary>
    /// <exception cref="AcmeException">The body is not the resource that RFC 8555 describes.</exception>
    public T Read<T>(JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(Body, type) ?? throw Malformed("null", null);
        }
        catch (JsonException e)
        {
            throw Malformed(e.Message, e);
        }
    }

    public Uri RequireLocation() => Location ?? throw Malformed("the Location header is missing", null);

    /// <summary>Creates the exception for an error response.</summary>
    public AcmeException ToException() => new(ReadProblem(), Url, RetryAt);

    /// <summary>Parses the body as a problem document; creates one from the HTTP status if it is none.</summary>
    public AcmeProblem ReadProblem()
    {
        // Load balancers in front of a CA return HTML.
        if (ContentType is "application/problem+json" or "application/json" || Body is [(byte)'{', ..])
        {
            try
            {
                if (JsonSerializer.Deserialize(Body, AcmeJson.Default.AcmeProblem) is { } problem)
                {
                    return Redact(problem) with { Status = (int)Status };
                }
            }
            catch (JsonException)
            {
            }
        }

        var target = (int)Status is >= 300 and < 400 && Location is not null ? $", a redirect to {Location}" : string.Empty;
        return new AcmeProblem { Status = (int)Status, Detail = $"{HttpStatusText.Describe(Status)}{target}" };
    }

    private static AcmeProblem Redact(AcmeProblem problem) => problem with
    {
        Detail = problem.Detail is null ? null : JwsRedaction.Redact(problem.Detail),
        Subproblems = problem.Subproblems is null ? null : [.. problem.Subproblems.Select(Redact)],
    };

    private AcmeException Malformed(string fault, Exception? inner) =>
        new(
            AcmeProblem.Create(AcmeProblemType.MalformedAnswer, $"its response is not what RFC 8555 describes: {fault}"),
            Url,
            RetryAt,
            inner);
}
