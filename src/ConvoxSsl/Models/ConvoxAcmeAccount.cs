using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl;

/// <summary>An account at an ACME CA.</summary>
public sealed record ConvoxAcmeAccount
{
    /// <summary>The CA: a well-known one's name, or its directory.</summary>
    public required string Issuer { get; init; }

    /// <summary>The CA's directory.</summary>
    public required Uri DirectoryUrl { get; init; }

    /// <summary>The account's URL, by which the CA knows it.</summary>
    public Uri? Url { get; init; }

    /// <summary>Contact URLs, such as <c>mailto:</c> ones.</summary>
    public required IReadOnlyList<string> Contact { get; init; }

    /// <summary>The key id of the external account, where it is bound to one.</summary>
    public string? ExternalAccountKeyId { get; init; }

    /// <summary>When it was made, in UTC.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The rack's name.</summary>
    public required string Rack { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Issuer;

    /// <summary>Describes a stored account.</summary>
    internal static ConvoxAcmeAccount Of(AccountRecord account, string rack) => new()
    {
        Issuer = Engine.Issuance.Issuer.Parse(account.DirectoryUrl.AbsoluteUri).Name,
        DirectoryUrl = account.DirectoryUrl,
        Url = account.Url,
        Contact = account.Contact,
        ExternalAccountKeyId = account.ExternalAccountKeyId,
        Created = account.Created,
        Rack = rack,
    };
}
