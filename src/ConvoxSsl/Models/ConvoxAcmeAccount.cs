namespace ConvoxSsl;

/// <summary>An account at an ACME CA.</summary>
public sealed record ConvoxAcmeAccount
{
    /// <summary>The CA: the name of a well-known one, or the URL of its directory.</summary>
    public required string Issuer { get; init; }

    /// <summary>The URL of the CA's directory.</summary>
    public required Uri DirectoryUrl { get; init; }

    /// <summary>The URL that identifies the account at the CA.</summary>
    public Uri? Url { get; init; }

    /// <summary>The contact URLs, such as <c>mailto:ops@example.org</c>.</summary>
    public required IReadOnlyList<string> Contact { get; init => field = JoinedList<string>.From(value); }

    /// <summary>The key ID of the external account that the account is bound to; empty if there is none.</summary>
    public string? ExternalAccountKeyId { get; init; }

    /// <summary>The time of creation, in UTC.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The name of the rack.</summary>
    public required string Rack { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Issuer;
}
