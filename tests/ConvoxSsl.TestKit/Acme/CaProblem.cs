using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Acme;

/// <summary>A problem document to be sent (RFC 7807, RFC 8555 section 6.7).</summary>
public sealed record CaProblem
{
    /// <summary>The type without the ACME prefix, such as <c>rateLimited</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The content.</summary>
    public required string Detail { get; init; }

    /// <summary>The HTTP status.</summary>
    public int Status { get; init; } = 400;

    /// <summary>The fail point.</summary>
    public string? Instance { get; init; }

    /// <summary>The identifier that a subproblem is about.</summary>
    public CaIdentifier? Identifier { get; init; }

    /// <summary>The problems of single identifiers.</summary>
    public IReadOnlyList<CaProblem> Subproblems { get; init; } = [];

    /// <summary>The algorithms that a <c>badSignatureAlgorithm</c> offers instead.</summary>
    public IReadOnlyList<string> Algorithms { get; init; } = [];

    /// <summary>The document.</summary>
    public JsonObject ToJson()
    {
        var document = new JsonObject
        {
            ["type"] = "urn:ietf:params:acme:error:" + Type,
            ["detail"] = Detail,
            ["status"] = Status,
        };
        if (Instance is not null)
        {
            document["instance"] = Instance;
        }

        if (Identifier is not null)
        {
            document["identifier"] = Identifier.ToJson();
        }

        if (Subproblems.Count > 0)
        {
            document["subproblems"] = new JsonArray([.. Subproblems.Select(p => p.ToJson())]);
        }

        if (Algorithms.Count > 0)
        {
            document["algorithms"] = new JsonArray([.. Algorithms.Select(a => JsonValue.Create(a))]);
        }

        return document;
    }
}

/// <summary>A request that the server refuses.</summary>
internal sealed class RefusedException(AcmeReply reply) : Exception
{
    public RefusedException(int status, string type, string detail)
        : this(AcmeReply.Problem(status, type, detail))
    {
    }

    public AcmeReply Reply { get; } = reply;
}
