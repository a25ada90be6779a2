using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Acme;

/// <summary>Orders (RFC 8555 section 7.4).</summary>
internal sealed class OrderResource(CaState state, CertificateAuthority authority)
{
    public CaResponse New(SignedRequest request)
    {
        var account = request.Owner;
        if (account.AgreedTerms != state.Terms)
        {
            var problem = new CaProblem
            {
                Status = 403,
                Type = "userActionRequired",
                Detail = "The terms of service have changed",
                Instance = state.Terms,
            };
            throw new RejectedException(CaResponse.Problem(problem).With("Link", $"<{state.Terms}>;rel=\"terms-of-service\""));
        }

        var document = request.Document;
        var identifiers = Identifiers(document);
        var profile = (string?)document["profile"];
        if (profile is not null && !state.Options.Profiles.ContainsKey(profile))
        {
            throw new RejectedException(400, "invalidProfile", $"There is no profile '{profile}'");
        }

        var order = new CaOrder
        {
            Url = state.NewUrl("order"),
            Account = account.Url,
            Identifiers = identifiers,
            Profile = profile,
            NotAfter = (string?)document["notAfter"] is { } end ? DateTimeOffset.Parse(end, CultureInfo.InvariantCulture) : null,
            Replaces = Replaced(document, account, identifiers),
            Expires = state.Now + state.Options.OrderLifetime,
            Authorizations = [.. identifiers.Select(i => Authorize(account, i).Url)],
        };
        return Describe(state.Settle(order)) with { Status = 201, Headers = [("Location", order.Url)] };
    }

    public CaResponse Get(SignedRequest request, string url)
    {
        request.RequirePostAsGet();
        var order = state.Settle(Find(request, url));
        if (order.Status == "processing")
        {
            order = order.PollsLeft > 1 ? order with { PollsLeft = order.PollsLeft - 1 } : order with { Status = "valid", PollsLeft = 0 };
            var previous = state.Orders[url];
            state.Orders[url] = order;
            return Describe(previous);
        }

        return Describe(order);
    }

    public CaResponse Finalize(SignedRequest request, string url, AcmeFault? fault)
    {
        var order = state.Settle(Find(request, url));
        if (order.Status != "ready")
        {
            throw new RejectedException(403, "orderNotReady", $"The order is {order.Status}");
        }

        var key = CertificateSigningRequest.Check(request, order);
        var names = order.Identifiers.Select(i => i.Value).ToList();
        var content = new CertificateContent(
            key, names, state.Now.AddHours(-1), order.NotAfter ?? state.Now + state.Options.CertificateLifetime);
        content = fault?.Content?.Invoke(content) ?? content;
        var leaf = authority.Issue(content);
        var certificate = new CaCertificate
        {
            Url = state.NewUrl("certificate"),
            Account = order.Account,
            Order = url,
            Certificate = leaf,
            RenewalId = CertificateAuthority.RenewalId(leaf),
            Names = content.Names,
            Chains = authority.Chains(leaf),
        };
        state.Certificates[certificate.Url] = certificate;
        var polls = fault?.ProcessingPolls ?? state.Options.ProcessingPolls;
        order = order with { Status = polls > 0 ? "processing" : "valid", PollsLeft = polls, Certificate = certificate.Url };
        return Describe(state.Orders[url] = order).With("Location", url);
    }

    private CaOrder Find(SignedRequest request, string url)
    {
        var order = state.Orders.GetValueOrDefault(url) ?? throw new RejectedException(404, "malformed", "There is no such order");
        request.RequireOwner(order.Account);
        return order;
    }

    private static List<CaIdentifier> Identifiers(JsonObject wanted)
    {
        var identifiers = (wanted["identifiers"] as JsonArray ?? [])
            .Select(i => new CaIdentifier((string?)i?["type"] ?? string.Empty, (string?)i?["value"] ?? string.Empty)).ToList();
        if (identifiers.Count == 0 || identifiers.Distinct().Count() != identifiers.Count)
        {
            throw new RejectedException(400, "malformed", "An order needs identifiers, each once");
        }

        foreach (var identifier in identifiers)
        {
            var isValid = identifier.Type switch
            {
                "dns" =>
                    Uri.CheckHostName(RemoveWildcard(identifier.Value)) == UriHostNameType.Dns
                        && !identifier.Value.Any(char.IsUpper)
                        && !identifier.Value.EndsWith('.'),
                "ip" => IPAddress.TryParse(identifier.Value, out _),
                _ => throw new RejectedException(400, "unsupportedIdentifier", $"Identifiers of type '{identifier.Type}' are not taken"),
            };
            if (!isValid)
            {
                throw new RejectedException(400, "rejectedIdentifier", $"'{identifier.Value}' can't be in a certificate");
            }
        }

        return identifiers;
    }

    // RFC 9773 section 5: same account, at least one common name, and not replaced before.
    private string? Replaced(JsonObject wanted, CaAccount account, List<CaIdentifier> identifiers)
    {
        if ((string?)wanted["replaces"] is not { } id)
        {
            return null;
        }

        var certificate = state.Certificates.Values.FirstOrDefault(c => c.RenewalId == id);
        if (certificate is null
            || certificate.Account != account.Url
            || !certificate.Names.Intersect(identifiers.Select(i => i.Value)).Any())
        {
            throw new RejectedException(
                400, "malformed", "The certificate to be replaced is unknown, another account's, or for other names");
        }

        return state.Orders.Values.Any(o => o.Replaces == id && o.Status != "invalid")
            ? throw new RejectedException(409, "alreadyReplaced", "Another order replaces the certificate already")
            : id;
    }

    private CaAuthorization Authorize(CaAccount account, CaIdentifier identifier)
    {
        var wildcard = identifier.Value.StartsWith("*.", StringComparison.Ordinal);
        var proved = identifier with { Value = RemoveWildcard(identifier.Value) };
        if (state.Options.ReusesAuthorizations && state.Authorizations.Values.Select(state.Settle).FirstOrDefault(
            a => a.Account == account.Url && a.Identifier == proved && a.Wildcard == wildcard && a.Status == "valid") is { } existing)
        {
            return existing;
        }

        var types = state.Options.Challenges(proved.Value)
            .Where(t => !(wildcard && t is "http-01" or "tls-alpn-01") && !(identifier.Type == "ip" && t == "dns-01"));
        var authorization = new CaAuthorization
        {
            Url = state.NewUrl("authorization"),
            Account = account.Url,
            Identifier = proved,
            Wildcard = wildcard,
            Expires = state.Now + state.Options.OrderLifetime,
            Challenges =
                [.. types.Select(t => new CaChallenge { Url = state.NewUrl("challenge"), Type = t, Token = CaState.RandomToken() })],
        };
        return state.Authorizations[authorization.Url] = authorization;
    }

    private CaResponse Describe(CaOrder order)
    {
        var document = new JsonObject
        {
            ["status"] = order.Status,
            ["expires"] = CaState.Stamp(order.Expires),
            ["identifiers"] = new JsonArray([.. order.Identifiers.Select(i => i.ToJson())]),
            ["authorizations"] = new JsonArray([.. order.Authorizations.Select(a => JsonValue.Create(a))]),
            ["finalize"] = order.Url + "/finalize",
        };
        Add(document, "profile", order.Profile);
        Add(document, "replaces", order.Replaces);
        Add(document, "notAfter", order.NotAfter is { } end ? CaState.Stamp(end) : null);
        Add(document, "certificate", order.Status == "valid" ? order.Certificate : null);
        Add(document, "error", order.Error?.ToJson());
        var response = CaResponse.Json(document);
        return order.Status is "pending" or "processing" && state.Options.RetryAfter is { } seconds
            ? response.RetryAfter(seconds)
            : response;
    }

    private static void Add(JsonObject document, string name, JsonNode? value)
    {
        if (value is not null)
        {
            document[name] = value;
        }
    }

    private static string RemoveWildcard(string name) => name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name;
}
