using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Acme;

/// <summary>A request whose signature, nonce and URL have been verified (RFC 8555 sections 6.2 to 6.5).</summary>
/// <param name="Jws">The request.</param>
/// <param name="Key">The key that signed.</param>
/// <param name="Account">The account that signed; null if the header contains the key.</param>
internal sealed record SignedRequest(FlattenedJws Jws, PublicJwk Key, CaAccount? Account)
{
    /// <summary>The account; the request is rejected if there is none.</summary>
    public CaAccount Owner =>
        Account ?? throw new RejectedException(400, "malformed", "This resource wants kid and not jwk (RFC 8555 section 6.2)");

    /// <summary>The payload as an object.</summary>
    public JsonObject Document =>
        Jws.Document as JsonObject ?? throw new RejectedException(400, "malformed", "The payload is no JSON object");

    public bool IsPostAsGet => Jws.Payload.Length == 0;

    /// <exception cref="RejectedException">The request breaks a rule.</exception>
    public static SignedRequest Verify(CaState state, CaRequest request)
    {
        if (request.ContentType != "application/jose+json")
        {
            throw new RejectedException(415, "malformed", "The Content-Type is not application/jose+json (RFC 8555 section 6.2)");
        }

        var jws = FlattenedJws.Read(request.Body);
        if (!state.TryUseNonce(jws.Nonce))
        {
            throw new RejectedException(400, "badNonce", "The nonce is not one of this server's, or was used before");
        }

        if (jws.Url != state.BaseUrl + request.Path)
        {
            throw new RejectedException(
                403, "unauthorized", $"The url header is {jws.Url} and not the request's URL (RFC 8555 section 6.4)");
        }

        if (jws.KeyId is null == jws.Jwk is null)
        {
            throw new RejectedException(400, "malformed", "Exactly one of jwk and kid must be there (RFC 8555 section 6.2)");
        }

        var account = jws.KeyId is { } kid
            ? state.Accounts.GetValueOrDefault(kid) ?? throw new RejectedException(400, "accountDoesNotExist", $"There is no account {kid}")
            : null;
        var key = account?.Key ?? PublicJwk.Read(jws.Jwk);
        jws.RequireSignedBy(key);
        return account is null or { Status: "valid" }
            ? new SignedRequest(jws, key, account)
            : throw new RejectedException(403, "unauthorized", $"The account is {account.Status}");
    }

    public void RequirePostAsGet()
    {
        if (!IsPostAsGet)
        {
            throw new RejectedException(
                400, "malformed", "This resource is read with POST-as-GET, whose payload is empty (RFC 8555 section 6.3)");
        }
    }

    public void RequireOwner(string account)
    {
        if (Owner.Url != account)
        {
            throw new RejectedException(403, "unauthorized", "This resource is another account's");
        }
    }
}
