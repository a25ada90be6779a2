using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Acme;

/// <summary>A problem document to send (RFC 7807, RFC 8555 section 6.7).</summary>
public sealed record CaProblem
{
    /// <summary>The type without the ACME prefix, such as <c>rateLimited</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The explanation for a person.</summary>
    public required string Detail { get; init; }

    /// <summary>The HTTP status.</summary>
    public int Status { get; init; } = 400;

    /// <summary>The URL that the user must visit.</summary>
    public string? Instance { get; init; }

    /// <summary>The identifier that a subproblem is about.</summary>
    public CaIdentifier? Identifier { get; init; }

    /// <summary>The problems of the identifiers.</summary>
    public IReadOnlyList<CaProblem> Subproblems { get; init; } = [];

    /// <summary>The supported algorithms in a <c>badSignatureAlgorithm</c> problem.</summary>
    public IReadOnlyList<string> Algorithms { get; init; } = [];

    /// <summary>Converts to JSON.</summary>
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

/// <summary>The exception for a rejected request.</summary>
internal sealed class RejectedException(CaResponse response) : Exception
{
    public RejectedException(int status, string type, string detail)
        : this(CaResponse.Problem(status, type, detail))
    {
    }

    public CaResponse Response { get; } = response;
}
