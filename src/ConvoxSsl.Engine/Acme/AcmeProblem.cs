using System.Text.Json.Serialization;

namespace ConvoxSsl.Engine.Acme;

/// <summary>A problem document (RFC 9457) with ACME's members (RFC 8555 section 6.7).</summary>
public sealed record AcmeProblem
{
    private const string Prefix = "urn:ietf:params:acme:error:";

    /// <summary>The problem's type, a URN; <c>about:blank</c> if the CA gave none.</summary>
    [JsonPropertyName("type")]
    [JsonConverter(typeof(OptionalText))]
    public string Type { get; init => field = value ?? AcmeProblemType.Untyped; } = AcmeProblemType.Untyped;

    /// <summary>The CA's explanation for a human.</summary>
    [JsonPropertyName("detail")]
    [JsonConverter(typeof(OptionalText))]
    public string? Detail { get; init; }

    /// <summary>The HTTP status.</summary>
    [JsonPropertyName("status")]
    [JsonConverter(typeof(OptionalNumber))]
    public int? Status { get; init; }

    /// <summary>The URL of a page about the problem. For <c>userActionRequired</c>, the page where the user must act.</summary>
    [JsonPropertyName("instance")]
    [JsonConverter(typeof(OptionalText))]
    public string? Instance { get; init; }

    /// <summary>The identifier of a subproblem.</summary>
    [JsonPropertyName("identifier")]
    [JsonConverter(typeof(OptionalIdentifier))]
    public AcmeIdentifier? Identifier { get; init; }

    /// <summary>The problems of single identifiers (RFC 8555 section 6.7.1).</summary>
    [JsonPropertyName("subproblems")]
    [JsonConverter(typeof(OptionalProblems))]
    public IReadOnlyList<AcmeProblem>? Subproblems { get; init; }

    /// <summary>The type of the challenge that failed; null if the problem is not a failed validation.</summary>
    [JsonIgnore]
    public string? ChallengeType { get; init; }

    /// <summary>The type without ACME's prefix: one of <see cref="AcmeProblemType"/>, or an unknown type.</summary>
    [JsonIgnore]
    public string ShortType => Type.StartsWith(Prefix, StringComparison.Ordinal) ? Type[Prefix.Length..] : Type;

    /// <summary>Creates a problem of ACME's namespace.</summary>
    public static AcmeProblem Create(string shortType, string detail) => new() { Type = Prefix + shortType, Detail = detail };
}
