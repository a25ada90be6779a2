using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Acme;

/// <summary>The state of the server. Access requires <see cref="Gate"/>.</summary>
internal sealed class CaState(AcmeTestServerOptions options)
{
    private readonly HashSet<string> _nonces = [];
    private int _lastId;

    public Lock Gate { get; } = new();

    public AcmeTestServerOptions Options { get; } = options;

    /// <summary>The server's URL without a final slash.</summary>
    public string BaseUrl { get; set; } = string.Empty;

    public string Terms { get; set; } = "https://ca.example/terms/1";

    public Dictionary<string, CaAccount> Accounts { get; } = [];

    public Dictionary<string, CaOrder> Orders { get; } = [];

    public Dictionary<string, CaAuthorization> Authorizations { get; } = [];

    public Dictionary<string, CaCertificate> Certificates { get; } = [];

    public DateTimeOffset Now => Options.Time.GetUtcNow();

    public string NewUrl(string kind) => $"{BaseUrl}/{kind}/{++_lastId}";

    public string NewNonce()
    {
        var nonce = RandomToken();
        _nonces.Add(nonce);
        return nonce;
    }

    public bool TryUseNonce(string? nonce) => nonce is not null && _nonces.Remove(nonce);

    public static string RandomToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));

    public static string Stamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    /// <summary>Restores an account, and the orders and authorizations of JSON.</summary>
    public void Restore(JsonNode saved, PublicJwk accountKey)
    {
        // Leaves room for the numbers in the restored URLs.
        _lastId += 100;
        var account = new CaAccount { Url = (string)saved["Account"]!, AgreedTerms = Terms, Key = accountKey };
        Accounts[account.Url] = account;
        foreach (var order in saved[nameof(Orders)].Deserialize<CaOrder[]>()!)
        {
            // The certificate is lost, and with it the finalization.
            Orders[order.Url] = order.Certificate is null ? order : order with { Status = "ready", Certificate = null, PollsLeft = 0 };
        }

        foreach (var authorization in saved[nameof(Authorizations)].Deserialize<CaAuthorization[]>()!)
        {
            Authorizations[authorization.Url] = authorization;
        }
    }

    /// <summary>Updates an order's status from its authorizations and the clock.</summary>
    public CaOrder Settle(CaOrder order)
    {
        var authorizations = order.Authorizations.Select(url => Settle(Authorizations[url])).ToList();
        if (order.Status is "pending" or "ready" && order.Expires <= Now)
        {
            order = order with
            {
                Status = "invalid",
                Error = new CaProblem { Type = "malformed", Detail = "The order has expired", Status = 403 },
            };
        }
        else if (order.Status == "pending" && authorizations.Find(a => a.Status is not ("pending" or "valid")) is { } failed)
        {
            order = order with
            {
                Status = "invalid",
                Error = failed.Challenges.FirstOrDefault(c => c.Error is not null)?.Error
                    ?? new CaProblem { Type = "unauthorized", Detail = $"An authorization is {failed.Status}", Status = 403 },
            };
        }
        else if (order.Status == "pending" && authorizations.TrueForAll(a => a.Status == "valid"))
        {
            order = order with { Status = "ready" };
        }

        return Orders[order.Url] = order;
    }

    public CaAuthorization Settle(CaAuthorization authorization) => Authorizations[authorization.Url] =
        authorization.Status is "pending" or "valid" && authorization.Expires <= Now
            ? authorization with { Status = "expired" }
            : authorization;

    /// <summary>Replaces a challenge and updates the status of its authorization.</summary>
    public void Put(string authorizationUrl, CaChallenge challenge)
    {
        var authorization = Authorizations[authorizationUrl];
        Authorizations[authorizationUrl] = authorization with
        {
            Challenges = [.. authorization.Challenges.Select(c => c.Url == challenge.Url ? challenge : c)],
            Status =
                authorization.Status == "pending" && challenge.Status is "valid" or "invalid" ? challenge.Status : authorization.Status,
        };
    }
}
