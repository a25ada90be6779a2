using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Acme;

/// <summary>An identifier of an order.</summary>
/// <param name="Type"><c>dns</c> or <c>ip</c>.</param>
/// <param name="Value">The name.</param>
public sealed record CaIdentifier(string Type, string Value)
{
    /// <summary>Converts to JSON.</summary>
    public JsonObject ToJson() => new() { ["type"] = Type, ["value"] = Value };

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>An account of the server.</summary>
public sealed record CaAccount
{
    /// <summary>Its URL.</summary>
    public required string Url { get; init; }

    /// <summary><c>valid</c> or <c>deactivated</c>.</summary>
    public string Status { get; init; } = "valid";

    /// <summary>Its contacts.</summary>
    public IReadOnlyList<string> Contact { get; init; } = [];

    /// <summary>The terms of service that it has agreed to.</summary>
    public required string AgreedTerms { get; init; }

    /// <summary>The external account that it is bound to.</summary>
    public string? ExternalKeyId { get; init; }

    /// <summary>The thumbprint of its key (RFC 7638).</summary>
    public string Thumbprint => Key.Thumbprint;

    internal PublicJwk Key { get; init; } = null!;
}

/// <summary>An order of the server.</summary>
public sealed record CaOrder
{
    /// <summary>Its URL.</summary>
    public required string Url { get; init; }

    /// <summary>The account.</summary>
    public required string Account { get; init; }

    /// <summary><c>pending</c>, <c>ready</c>, <c>processing</c>, <c>valid</c> or <c>invalid</c>.</summary>
    public string Status { get; init; } = "pending";

    /// <summary>Its names.</summary>
    public required IReadOnlyList<CaIdentifier> Identifiers { get; init; }

    /// <summary>The authorizations' URLs.</summary>
    public required IReadOnlyList<string> Authorizations { get; init; }

    /// <summary>The expiry.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>The requested end of validity.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>The requested profile.</summary>
    public string? Profile { get; init; }

    /// <summary>The certificate that it replaces.</summary>
    public string? Replaces { get; init; }

    /// <summary>The problem that made it invalid.</summary>
    public CaProblem? Error { get; init; }

    /// <summary>The certificate's URL.</summary>
    public string? Certificate { get; init; }

    /// <summary>The number of further polls in which it is processing.</summary>
    public int PollsLeft { get; init; }
}

/// <summary>An authorization of the server.</summary>
public sealed record CaAuthorization
{
    /// <summary>Its URL.</summary>
    public required string Url { get; init; }

    /// <summary>The account.</summary>
    public required string Account { get; init; }

    /// <summary>The name, without a wildcard label.</summary>
    public required CaIdentifier Identifier { get; init; }

    /// <summary>True if it belongs to a wildcard name.</summary>
    public bool Wildcard { get; init; }

    /// <summary><c>pending</c>, <c>valid</c>, <c>invalid</c>, <c>deactivated</c> or <c>expired</c>.</summary>
    public string Status { get; init; } = "pending";

    /// <summary>The expiry.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>The challenges.</summary>
    public required IReadOnlyList<CaChallenge> Challenges { get; init; }
}

/// <summary>A challenge of the server.</summary>
public sealed record CaChallenge
{
    /// <summary>Its URL.</summary>
    public required string Url { get; init; }

    /// <summary>Its type.</summary>
    public required string Type { get; init; }

    /// <summary>Its token.</summary>
    public required string Token { get; init; }

    /// <summary><c>pending</c>, <c>processing</c>, <c>valid</c> or <c>invalid</c>.</summary>
    public string Status { get; init; } = "pending";

    /// <summary>The time of validation.</summary>
    public DateTimeOffset? Validated { get; init; }

    /// <summary>The problem of a failed validation.</summary>
    public CaProblem? Error { get; init; }
}

/// <summary>An issued certificate.</summary>
public sealed record CaCertificate
{
    /// <summary>Its URL.</summary>
    public required string Url { get; init; }

    /// <summary>The account.</summary>
    public required string Account { get; init; }

    /// <summary>The URL of its order.</summary>
    public required string Order { get; init; }

    /// <summary>The leaf.</summary>
    public required X509Certificate2 Certificate { get; init; }

    /// <summary>Its identifier in renewal information (RFC 9773 section 4.1).</summary>
    public required string RenewalId { get; init; }

    /// <summary>Its names.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Leaf and chain as PEM; the first chain, then the alternates.</summary>
    public required IReadOnlyList<string> Chains { get; init; }

    /// <summary>The time of revocation.</summary>
    public DateTimeOffset? Revoked { get; init; }

    /// <summary>The revocation reason.</summary>
    public int? RevocationReason { get; init; }
}
