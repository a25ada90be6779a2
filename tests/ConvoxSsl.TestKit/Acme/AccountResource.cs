using System.Buffers.Text;
using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Acme;

/// <summary>Accounts (RFC 8555 section 7.3).</summary>
internal sealed class AccountResource(CaState state)
{
    public CaResponse New(SignedRequest request)
    {
        if (request.Account is not null)
        {
            throw new RejectedException(400, "malformed", "newAccount wants jwk and not kid (RFC 8555 section 6.2)");
        }

        if (state.Accounts.Values.FirstOrDefault(a => a.Thumbprint == request.Key.Thumbprint) is { } existing)
        {
            return existing.Status == "valid"
                ? Describe(existing).With("Location", existing.Url)
                : throw new RejectedException(403, "unauthorized", $"The account of this key is {existing.Status}");
        }

        var document = request.Document;
        if ((bool?)document["onlyReturnExisting"] == true)
        {
            throw new RejectedException(400, "accountDoesNotExist", "No account has this key");
        }

        if ((bool?)document["termsOfServiceAgreed"] != true)
        {
            throw new RejectedException(403, "userActionRequired", "The terms of service must be agreed to");
        }

        var account = new CaAccount
        {
            Url = state.NewUrl("account"),
            Key = request.Key,
            Contact = Contact(document),
            AgreedTerms = state.Terms,
            ExternalKeyId = Bind(document["externalAccountBinding"], request),
        };
        state.Accounts[account.Url] = account;
        return Describe(account) with { Status = 201, Headers = [("Location", account.Url)] };
    }

    public CaResponse Update(SignedRequest request, string url)
    {
        request.RequireOwner(url);
        var account = request.Owner;
        if (!request.IsPostAsGet)
        {
            var document = request.Document;
            account = account with
            {
                Contact = document.ContainsKey("contact") ? Contact(document) : account.Contact,
                AgreedTerms = (bool?)document["termsOfServiceAgreed"] == true ? state.Terms : account.AgreedTerms,
                Status = (string?)document["status"] switch
                {
                    null => account.Status,
                    "deactivated" => "deactivated",
                    var other => throw new RejectedException(400, "malformed", $"A client can't make an account {other}"),
                },
            };
            state.Accounts[url] = account;
        }

        return Describe(account);
    }

    public CaResponse Orders(SignedRequest request, string account)
    {
        request.RequireOwner(account);
        request.RequirePostAsGet();
        return CaResponse.Json(new JsonObject
        {
            ["orders"] = new JsonArray([.. state.Orders.Values.Where(o => o.Account == account && o.Status != "invalid")
                .Select(o => JsonValue.Create(o.Url))]),
        });
    }

    public CaResponse ChangeKey(SignedRequest request)
    {
        var inner = FlattenedJws.Read(request.Document);
        if (inner.Jwk is null || inner.KeyId is not null || inner.Nonce is not null || inner.Url != request.Jws.Url)
        {
            throw new RejectedException(
                400, "malformed", "The inner JWS must have jwk, the same url, and neither kid nor nonce (RFC 8555 section 7.3.5)");
        }

        var next = PublicJwk.Read(inner.Jwk);
        inner.RequireSignedBy(next);
        var change = inner.Document as JsonObject ?? throw new RejectedException(400, "malformed", "The inner payload is no JSON object");
        if ((string?)change["account"] != request.Owner.Url || PublicJwk.Read(change["oldKey"]).Thumbprint != request.Key.Thumbprint)
        {
            throw new RejectedException(400, "malformed", "The inner payload names another account or another old key");
        }

        if (state.Accounts.Values.FirstOrDefault(a => a.Thumbprint == next.Thumbprint) is { } holder)
        {
            throw new RejectedException(CaResponse.Problem(409, "malformed", "Another account has the new key")
                .With("Location", holder.Url));
        }

        return Describe(state.Accounts[request.Owner.Url] = request.Owner with { Key = next });
    }

    private string? Bind(JsonNode? binding, SignedRequest request)
    {
        if (binding is null)
        {
            return state.Options.ExternalAccountRequired
                ? throw new RejectedException(403, "externalAccountRequired", "Accounts must be bound to an external one")
                : null;
        }

        var jws = FlattenedJws.Read(binding);
        if (jws.KeyId is not { } kid || jws.Nonce is not null || jws.Url != request.Jws.Url || jws.Document is not JsonObject key
            || PublicJwk.Read(key).Thumbprint != request.Key.Thumbprint)
        {
            throw new RejectedException(
                400,
                "malformed",
                "The binding must have kid, the same url, no nonce, and the account's key as its payload (RFC 8555 section 7.3.4)");
        }

        return state.Options.ExternalAccounts.TryGetValue(kid, out var mac) && jws.IsMacOf(Base64Url.DecodeFromChars(mac))
            ? kid
            : throw new RejectedException(403, "unauthorized", "The binding's key id is unknown or its MAC is wrong");
    }

    private static string[] Contact(JsonObject wanted)
    {
        string[] contact = [.. (wanted["contact"] as JsonArray ?? []).Select(c => (string)c!)];
        if (contact.FirstOrDefault(c => !c.StartsWith("mailto:", StringComparison.Ordinal)) is { } other)
        {
            throw new RejectedException(400, "unsupportedContact", $"'{other}' is no mailto URL");
        }

        return contact.FirstOrDefault(c => c.Contains('?') || c.Contains(',') || c.Split('@').Length != 2) is { } bad
            ? throw new RejectedException(400, "invalidContact", $"'{bad}' is not one address (RFC 8555 section 7.3)")
            : contact;
    }

    private static CaResponse Describe(CaAccount account) => CaResponse.Json(new JsonObject
    {
        ["status"] = account.Status,
        ["contact"] = new JsonArray([.. account.Contact.Select(c => JsonValue.Create(c))]),
        ["orders"] = account.Url + "/orders",
    });
}
