using System.Text.Json.Serialization;

namespace ConvoxSsl.Engine.Acme;

/// <summary>A problem document (RFC 7807) as ACME uses it (RFC 8555 section 6.7).</summary>
public sealed record AcmeProblem
{
    private const string Prefix = "urn:ietf:params:acme:error:";
    private const string Untyped = "about:blank";

    /// <summary>The problem's type, a URN; <c>about:blank</c> where the CA gave none.</summary>
    [JsonPropertyName("type")]
    public string Type { get; init => field = value ?? Untyped; } = Untyped;

    /// <summary>What the CA says to a human.</summary>
    [JsonPropertyName("detail")]
    public string? Detail { get; init; }

    /// <summary>The HTTP status.</summary>
    [JsonPropertyName("status")]
    public int? Status { get; init; }

    /// <summary>Where to read on, or for <c>userActionRequired</c> where to act.</summary>
    [JsonPropertyName("instance")]
    public string? Instance { get; init; }

    /// <summary>The identifier that this problem is about, in a subproblem.</summary>
    [JsonPropertyName("identifier")]
    public AcmeIdentifier? Identifier { get; init; }

    /// <summary>The problems of single identifiers (RFC 8555 section 6.7.1).</summary>
    [JsonPropertyName("subproblems")]
    public IReadOnlyList<AcmeProblem>? Subproblems { get; init => field = value?.OfType<AcmeProblem>().ToArray(); }

    /// <summary>The type without the ACME prefix: <c>rateLimited</c>, <c>unauthorized</c>, …</summary>
    [JsonIgnore]
    public string ShortType => Type.StartsWith(Prefix, StringComparison.Ordinal) ? Type[Prefix.Length..] : Type;

    /// <summary>A problem of the ACME namespace.</summary>
    public static AcmeProblem Create(string shortType, string detail) => new() { Type = Prefix + shortType, Detail = detail };
}
