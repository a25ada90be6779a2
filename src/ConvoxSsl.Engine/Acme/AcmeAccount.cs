using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Acme;

/// <summary>The statuses of an account (RFC 8555 section 7.1.2).</summary>
public static class AcmeAccountStatus
{
#pragma warning disable CS1591 // The names are those of RFC 8555 section 7.1.6.
    public const string Valid = "valid";
    public const string Deactivated = "deactivated";
    public const string Revoked = "revoked";
#pragma warning restore CS1591
}

/// <summary>An account (RFC 8555 section 7.1.2).</summary>
public sealed record AcmeAccount
{
    /// <summary>The account's URL, which is also its key id.</summary>
    [JsonIgnore]
    public Uri Url { get; init; } = null!;

    /// <summary>One of <see cref="AcmeAccountStatus"/>.</summary>
    [JsonPropertyName("status")]
    public string Status { get; init => field = value ?? AcmeAccountStatus.Valid; } = AcmeAccountStatus.Valid;

    /// <summary>Contact URLs, such as <c>mailto:</c> ones. Some CAs do not store them.</summary>
    [JsonPropertyName("contact")]
    [JsonConverter(typeof(OptionalTexts))]
    public IReadOnlyList<string> Contact { get; init => field = value ?? []; } = [];

    /// <summary>The URL of the account's orders; null if the CA does not offer the list.</summary>
    [JsonPropertyName("orders")]
    [JsonConverter(typeof(OptionalUrl))]
    public Uri? Orders { get; init; }
}

/// <summary>A page of an account's orders (RFC 8555 section 7.1.2.1).</summary>
internal sealed record OrderList
{
    /// <summary>The URLs of the orders.</summary>
    [JsonPropertyName("orders")]
    public required IReadOnlyList<Uri> Orders { get; init => field = JsonGuard.Items(value); }
}

/// <summary>The payload of newAccount and of account updates (RFC 8555 sections 7.3, 7.3.2 and 7.3.6).</summary>
internal sealed record AccountPayload
{
    [JsonPropertyName("contact")]
    public IReadOnlyList<string>? Contact { get; init; }

    [JsonPropertyName("termsOfServiceAgreed")]
    public bool? TermsOfServiceAgreed { get; init; }

    [JsonPropertyName("onlyReturnExisting")]
    public bool? OnlyReturnExisting { get; init; }

    [JsonPropertyName("externalAccountBinding")]
    public JsonElement? ExternalAccountBinding { get; init; }

    [JsonPropertyName("status")]
    public string? Status { get; init; }
}

public sealed partial class AcmeClient
{
    /// <summary>Creates an account, or finds the existing account of the key.</summary>
    /// <param name="key">The account's key, which the caller has already stored.</param>
    /// <param name="contact">Contact URLs.</param>
    /// <param name="termsOfServiceAgreed">True if the user has accepted the terms of service in the directory.</param>
    /// <param name="external">The external account to bind to, if the CA requires one.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="AcmeException">The CA refused.</exception>
    // RFC 8555 section 7.3: if the server already has an account with the key, it returns that account unchanged.
    public Task<AcmeSession> CreateAccountAsync(
        PrivateKey key, IReadOnlyList<string> contact, bool termsOfServiceAgreed, ExternalAccount? external, CancellationToken ct) =>
        PostNewAccountAsync(
            key,
            new AccountPayload
            {
                Contact = contact.Count > 0 ? contact : null,
                TermsOfServiceAgreed = termsOfServiceAgreed ? true : null,
                ExternalAccountBinding = external is null ? null : ParseJson(Jws.BindExternalAccount(external, key, Directory.NewAccount)),
            },
            ct);

    /// <summary>Finds the account of a key without creating one (RFC 8555 section 7.3.1).</summary>
    /// <exception cref="AcmeException"><c>accountDoesNotExist</c>: the key has no account.</exception>
    public Task<AcmeSession> FindAccountAsync(PrivateKey key, CancellationToken ct) =>
        PostNewAccountAsync(key, new AccountPayload { OnlyReturnExisting = true }, ct);

    /// <summary>Opens an account by its URL, without a request.</summary>
    public AcmeSession UseAccount(PrivateKey key, Uri accountUrl) => new(this, key, new AcmeAccount { Url = accountUrl });

    private static JsonElement ParseJson(byte[] json) => JsonSerializer.Deserialize(json, AcmeJson.Default.JsonElement);

    private async Task<AcmeSession> PostNewAccountAsync(PrivateKey key, AccountPayload request, CancellationToken ct)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(request, AcmeJson.Default.AccountPayload);

        // RFC 8555 section 6.2: newAccount is signed with a "jwk", because the account has no URL yet.
        var newAccount = new AcmeRequest(Directory.NewAccount, RequestPriority.Begin) { Key = key, Payload = payload };
        var response = await Transport.SendAsync(newAccount, ct).ConfigureAwait(false);
        return new AcmeSession(this, key, response.Read(AcmeJson.Default.AcmeAccount) with { Url = response.RequireLocation() });
    }
}

public sealed partial class AcmeSession
{
    private const int MaxOrderPages = 50;

    /// <summary>Gets the account from the CA.</summary>
    public Task<AcmeAccount> GetAccountAsync(CancellationToken ct) => PostAccountAsync([], ct);

    /// <summary>Replaces the contacts (RFC 8555 section 7.3.2).</summary>
    public Task<AcmeAccount> UpdateContactsAsync(IReadOnlyList<string> contact, CancellationToken ct) =>
        PostAccountAsync(Json(new AccountPayload { Contact = contact }, AcmeJson.Default.AccountPayload), ct);

    /// <summary>Agrees to the current terms of service (RFC 8555 section 7.3.3).</summary>
    public Task<AcmeAccount> AgreeToTermsAsync(CancellationToken ct) =>
        PostAccountAsync(Json(new AccountPayload { TermsOfServiceAgreed = true }, AcmeJson.Default.AccountPayload), ct);

    /// <summary>Deactivates the account permanently (RFC 8555 section 7.3.6).</summary>
    public Task<AcmeAccount> DeactivateAsync(CancellationToken ct) =>
        PostAccountAsync(Json(new AccountPayload { Status = AcmeAccountStatus.Deactivated }, AcmeJson.Default.AccountPayload), ct);

    /// <summary>Lists the account's orders page by page (RFC 8555 section 7.1.2.1); empty if the CA does not offer the list.</summary>
    /// <exception cref="AcmeException">The CA refused.</exception>
    public async IAsyncEnumerable<Uri> ListOrdersAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var page = (await GetAccountAsync(ct).ConfigureAwait(false)).Orders;
        for (var count = 0; page is not null && count < MaxOrderPages; count++)
        {
            var response = await PostAsync(page, [], RequestPriority.Begin, ct).ConfigureAwait(false);
            foreach (var order in response.Read(AcmeJson.Default.OrderList).Orders)
            {
                yield return new Uri(page, order);
            }

            // RFC 8555 section 7.1.2.1: the server should include a Link header with the relation "next".
            page = response.Next;
        }
    }

    private async Task<AcmeAccount> PostAccountAsync(byte[] payload, CancellationToken ct)
    {
        var response = await PostAsync(Account.Url, payload, RequestPriority.Begin, ct).ConfigureAwait(false);
        return response.Read(AcmeJson.Default.AcmeAccount) with { Url = Account.Url };
    }
}
