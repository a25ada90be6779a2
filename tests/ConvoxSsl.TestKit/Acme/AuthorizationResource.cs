using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Acme;

/// <summary>Authorizations and their challenges (RFC 8555 section 7.5).</summary>
internal sealed class AuthorizationResource(CaState state, Action<CaAuthorization, CaChallenge, CaAccount, CaProblem?> validate)
{
    private static readonly string[] Answerable = ["http-01", "dns-01", "tls-alpn-01"];

    public CaResponse Post(SignedRequest request, string url)
    {
        var authorization = state.Settle(state.Authorizations.GetValueOrDefault(url) ?? throw NotFound());
        request.RequireOwner(authorization.Account);
        if (!request.IsPostAsGet)
        {
            if ((string?)request.Document["status"] != "deactivated" || authorization.Status is not ("pending" or "valid"))
            {
                throw new RejectedException(
                    400, "malformed", "All that a client can do is to deactivate what is pending or valid (RFC 8555 section 7.5.2)");
            }

            authorization = state.Authorizations[url] = authorization with { Status = "deactivated" };
        }

        return WithRetryAfter(CaResponse.Json(Document(authorization)), authorization.Status);
    }

    public CaResponse Respond(SignedRequest request, string url, CaProblem? failure)
    {
        var authorization =
            state.Settle(state.Authorizations.Values.FirstOrDefault(a => a.Challenges.Any(c => c.Url == url)) ?? throw NotFound());
        request.RequireOwner(authorization.Account);
        var challenge = authorization.Challenges.First(c => c.Url == url);
        if (!request.IsPostAsGet)
        {
            _ = request.Document;
            if (authorization.Status != "pending" || challenge.Status != "pending" || !Answerable.Contains(challenge.Type))
            {
                throw new RejectedException(
                    400, "malformed", $"The challenge is {challenge.Status}, and its authorization {authorization.Status}");
            }

            challenge = challenge with { Status = "processing" };
            state.Put(authorization.Url, challenge);
            validate(authorization, challenge, request.Owner, failure);
            challenge = state.Authorizations[authorization.Url].Challenges.First(c => c.Url == url);
        }

        return WithRetryAfter(CaResponse.Json(Document(challenge)), challenge.Status).With("Link", $"<{authorization.Url}>;rel=\"up\"");
    }

    private CaResponse WithRetryAfter(CaResponse response, string status) =>
        status is "pending" or "processing" && state.Options.RetryAfter is { } seconds ? response.RetryAfter(seconds) : response;

    private static JsonObject Document(CaAuthorization authorization)
    {
        var document = new JsonObject
        {
            ["identifier"] = authorization.Identifier.ToJson(),
            ["status"] = authorization.Status,
            ["expires"] = CaState.Stamp(authorization.Expires),
            // RFC 8555 section 7.1.4: a valid or invalid authorization contains only the challenge that decided it.
            ["challenges"] = new JsonArray([.. authorization.Challenges
                .Where(c => authorization.Status is not ("valid" or "invalid") || c.Status is "valid" or "invalid").Select(Document)]),
        };
        if (authorization.Wildcard)
        {
            document["wildcard"] = true;
        }

        return document;
    }

    private static JsonObject Document(CaChallenge challenge)
    {
        var document = new JsonObject
        {
            ["type"] = challenge.Type,
            ["url"] = challenge.Url,
            ["token"] = challenge.Token,
            ["status"] = challenge.Status,
        };
        if (challenge.Validated is { } time)
        {
            document["validated"] = CaState.Stamp(time);
        }

        if (challenge.Error is { } error)
        {
            document["error"] = error.ToJson();
        }

        return document;
    }

    private static RejectedException NotFound() => new(404, "malformed", "There is no such authorization or challenge");
}
