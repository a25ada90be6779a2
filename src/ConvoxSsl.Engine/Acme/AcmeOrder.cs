using System.Text.Json.Serialization;

namespace ConvoxSsl.Engine.Acme;

/// <summary>An order (RFC 8555 section 7.1.3).</summary>
public sealed record AcmeOrder
{
    /// <summary>The order's URL.</summary>
    [JsonIgnore]
    public Uri Url { get; init; } = null!;

    /// <summary>When the CA wants to be asked again, if it said so.</summary>
    [JsonIgnore]
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary><c>pending</c>, <c>ready</c>, <c>processing</c>, <c>valid</c> or <c>invalid</c>.</summary>
    [JsonPropertyName("status")]
    public required string Status { get; init => field = JsonGuard.NotNull(value); }

    /// <summary>When the CA forgets the order.</summary>
    [JsonPropertyName("expires")]
    public DateTimeOffset? Expires { get; init; }

    /// <summary>What the certificate will be for, in any order.</summary>
    [JsonPropertyName("identifiers")]
    public required IReadOnlyList<AcmeIdentifier> Identifiers { get; init => field = JsonGuard.Items(value); }

    /// <summary>The requested begin of validity.</summary>
    [JsonPropertyName("notBefore")]
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>The requested end of validity.</summary>
    [JsonPropertyName("notAfter")]
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>Why the order is invalid.</summary>
    [JsonPropertyName("error")]
    public AcmeProblem? Error { get; init; }

    /// <summary>The authorizations, in no order that can be relied on.</summary>
    [JsonPropertyName("authorizations")]
    public required IReadOnlyList<Uri> Authorizations
    {
        get;
        init => field = [.. JsonGuard.Items(value).Select(url => JsonGuard.Url(url))];
    }

    /// <summary>Where the signing request goes.</summary>
    [JsonPropertyName("finalize")]
    public required Uri Finalize { get; init => field = JsonGuard.Url(value); }

    /// <summary>Where the certificate is, once the order is valid.</summary>
    [JsonPropertyName("certificate")]
    public Uri? Certificate { get; init => field = JsonGuard.UrlOrNull(value); }

    /// <summary>The certificate profile (draft-ietf-acme-profiles).</summary>
    [JsonPropertyName("profile")]
    public string? Profile { get; init; }

    /// <summary>The identifier of the certificate that this one replaces, where the CA says so (RFC 9773 section 5).</summary>
    [JsonPropertyName("replaces")]
    public string? Replaces { get; init; }

    /// <summary>Whether the order is for what was asked, in any order and case.</summary>
    public bool IsFor(IReadOnlyList<AcmeIdentifier> asked)
    {
        static HashSet<(string, string)> Set(IEnumerable<AcmeIdentifier> all) =>
            all.Select(i => (i.Type.ToLowerInvariant(), i.Value.ToLowerInvariant())).ToHashSet();
        return Set(asked).SetEquals(Set(Identifiers));
    }

    /// <summary>Makes sure that the order is for what was asked, in any order and case.</summary>
    /// <exception cref="AcmeException"><c>orderMismatch</c>.</exception>
    public void RequireIdentifiers(IReadOnlyList<AcmeIdentifier> asked)
    {
        if (!IsFor(asked))
        {
            throw new AcmeException(
                AcmeProblem.Create("orderMismatch", $"its order is for {string.Join(", ", Identifiers)} and not for {string.Join(", ", asked)}"), Url);
        }
    }
}

/// <summary>What is asked of the CA in newOrder (RFC 8555 section 7.4).</summary>
public sealed record NewOrder
{
    /// <summary>The names of the certificate.</summary>
    [JsonPropertyName("identifiers")]
    public required IReadOnlyList<AcmeIdentifier> Identifiers { get; init; }

    /// <summary>The begin of validity that is wished for.</summary>
    [JsonPropertyName("notBefore")]
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>The end of validity that is wished for.</summary>
    [JsonPropertyName("notAfter")]
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>One of the directory's profiles.</summary>
    [JsonPropertyName("profile")]
    public string? Profile { get; init; }

    /// <summary>The identifier of the certificate that this one replaces (RFC 9773 section 5).</summary>
    [JsonPropertyName("replaces")]
    public string? Replaces { get; init; }
}

internal sealed record FinalizeRequest([property: JsonPropertyName("csr")] string Csr);
