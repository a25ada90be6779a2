using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Acme;

/// <summary>Dispatches each request to its resource, independently of the HTTP server.</summary>
internal sealed class AcmeService(
    CaState state, CertificateAuthority authority, Action<CaAuthorization, CaChallenge, CaAccount, CaProblem?> validate)
{
    private readonly AccountResource _accounts = new(state);
    private readonly OrderResource _orders = new(state, authority);
    private readonly AuthorizationResource _authorizations = new(state, validate);
    private readonly CertificateResource _certificates = new(state);

    public CaResponse Handle(CaRequest request, AcmeFault? fault)
    {
        var route = AcmeRoute.Of(request.Path);
        lock (state.Gate)
        {
            CaResponse response;
            try
            {
                response = request.Method switch
                {
                    "GET" or "HEAD" => Get(route, request.Method),
                    "POST" when route.Resource is not (AcmeResource.Unknown or AcmeResource.NewNonce or AcmeResource.RenewalInfo) =>
                        Post(route, request, SignedRequest.Verify(state, request), fault),
                    _ => throw NotAllowed(route),
                };
            }
            catch (RejectedException e)
            {
                response = e.Response;
            }

            if (request.Method == "POST" || route.Resource == AcmeResource.NewNonce)
            {
                response = response.With("Replay-Nonce", state.NewNonce()).With("Cache-Control", "no-store");
            }

            return route.Resource == AcmeResource.Directory
                ? response
                : response.With("Link", $"<{state.BaseUrl}/directory>;rel=\"index\"");
        }
    }

    private CaResponse Get(AcmeRoute route, string method) => (route.Resource, method) switch
    {
        (AcmeResource.Directory, _) => Directory(),
        (AcmeResource.NewNonce, "HEAD") => new CaResponse { Status = 200 },
        (AcmeResource.NewNonce, _) => new CaResponse { Status = 204 },
        (AcmeResource.RenewalInfo, "GET") when state.Options.OffersRenewalInfo => _certificates.RenewalInfo(route.Id),
        _ => throw NotAllowed(route),
    };

    private CaResponse Post(AcmeRoute route, CaRequest request, SignedRequest signed, AcmeFault? fault)
    {
        var url = state.BaseUrl + request.Path;
        return route.Resource switch
        {
            AcmeResource.Directory => Directory(),
            AcmeResource.NewAccount => _accounts.New(signed),
            AcmeResource.Account => _accounts.Update(signed, url),
            AcmeResource.AccountOrders => _accounts.Orders(signed, $"{state.BaseUrl}/account/{route.Id}"),
            AcmeResource.KeyChange => _accounts.ChangeKey(signed),
            AcmeResource.NewOrder => _orders.New(signed),
            AcmeResource.Order => _orders.Get(signed, url),
            AcmeResource.Finalize => _orders.Finalize(signed, $"{state.BaseUrl}/order/{route.Id}", fault),
            AcmeResource.Authorization => _authorizations.Post(signed, url),
            AcmeResource.Challenge => _authorizations.Respond(signed, url, fault?.Validation),
            AcmeResource.Certificate => _certificates.Download(signed, $"{state.BaseUrl}/certificate/{route.Id}", route.Part),
            _ => _certificates.Revoke(signed),
        };
    }

    private CaResponse Directory()
    {
        var meta = new JsonObject
        {
            ["termsOfService"] = state.Terms,
            ["website"] = "https://ca.example",
            ["caaIdentities"] = new JsonArray("ca.example"),
            ["externalAccountRequired"] = state.Options.ExternalAccountRequired,
        };
        if (state.Options.Profiles.Count > 0)
        {
            meta["profiles"] = new JsonObject(state.Options.Profiles.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value)));
        }

        var directory = new JsonObject { ["meta"] = meta };
        foreach (var (name, path) in new[]
        {
            ("newNonce", "new-nonce"), (
                "newAccount", "new-account"), ("newOrder", "new-order"), ("revokeCert", "revoke-cert"), ("keyChange", "key-change"),
        })
        {
            directory[name] = $"{state.BaseUrl}/{path}";
        }

        if (state.Options.OffersRenewalInfo)
        {
            directory["renewalInfo"] = $"{state.BaseUrl}/renewal-info";
        }

        return CaResponse.Json(directory);
    }

    private static RejectedException NotAllowed(AcmeRoute route) => route.Resource == AcmeResource.Unknown
        ? new RejectedException(404, "malformed", "There is no such resource")
        : new RejectedException(405, "malformed", "The method is not one of the resource's");
}
