using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ConvoxSsl.Engine.Acme;

/// <summary>An answer of the CA with its body read whole.</summary>
internal sealed record AcmeResponse(
    Uri Url,
    HttpStatusCode Status,
    byte[] Body,
    string? ContentType,
    Uri? Location,
    DateTimeOffset? RetryAt,
    IReadOnlyList<Uri> Alternates,
    Uri? Next,
    string? Nonce)
{
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    public string Text => Encoding.UTF8.GetString(Body);

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

    /// <summary>The error that the answer is; a plain one where the body is no problem document.</summary>
    public AcmeException ToException() => new(ReadProblem(), Url, RetryAt);

    public AcmeProblem ReadProblem()
    {
        // Load balancers in front of a CA answer with HTML; only the declared type is parsed.
        if (ContentType is "application/problem+json" or "application/json")
        {
            try
            {
                if (JsonSerializer.Deserialize(Body, AcmeJson.Default.AcmeProblem) is { } problem)
                {
                    return WithoutSignatures(problem) with { Status = (int)Status };
                }
            }
            catch (JsonException)
            {
            }
        }

        return new AcmeProblem { Status = (int)Status, Detail = $"HTTP {(int)Status} {Status}" };
    }

    private static AcmeProblem WithoutSignatures(AcmeProblem problem) => problem with
    {
        Detail = problem.Detail is null ? null : SignedText.StrikeOut(problem.Detail),
        Subproblems = problem.Subproblems is null ? null : [.. problem.Subproblems.Select(WithoutSignatures)],
    };

    private AcmeException Malformed(string what, Exception? inner) =>
        new(AcmeProblem.Of("malformedAnswer", $"its answer is not what RFC 8555 describes: {what}"), Url, RetryAt, inner);
}
