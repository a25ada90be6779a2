using System.Net;
using System.Text;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Fuzzing.Mutations;

namespace ConvoxSsl.Fuzzing.Targets;

/// <summary>Fuzz targets for responses of a CA: bodies and headers.</summary>
internal static class AcmeTargets
{
    private const string Directory = """
        {"newNonce":"https://ca.example/nonce","newAccount":"https://ca.example/account","newOrder":"https://ca.example/order",
        "revokeCert":"https://ca.example/revoke",
        "keyChange":"https://ca.example/key","renewalInfo":"https://ca.example/renewal",
        "meta":{"termsOfService":"https://ca.example/terms","website":"https://ca.example",
        "caaIdentities":["ca.example"],"externalAccountRequired":false,"profiles":{"classic":"as ever","short":"six days"}}}
        """;

    private const string Order = """
        {"status":"ready","expires":"2026-12-01T00:00:00Z","identifiers":[{"type":"dns","value":"www.example.org"},{"type":"ip",
        "value":"192.0.2.1"}],
        "notBefore":"2026-11-01T00:00:00Z","notAfter":"2027-01-01T00:00:00.5+01:00","authorizations":["https://ca.example/authz/1",
        "https://ca.example/authz/2"],
        "finalize":"https://ca.example/finalize","certificate":"https://ca.example/cert","profile":"classic",
        "error":{"type":"urn:ietf:params:acme:error:caa","detail":"no","subproblems":[{"type":"about:blank","identifier":{"type":"dns",
        "value":"a.example"}}]}}
        """;

    private const string Authorization = """
        {"identifier":{"type":"dns","value":"www.example.org"},"status":"pending","expires":"2026-12-01T00:00:00Z","wildcard":true,
        "challenges":[
        {"type":"http-01","url":"https://ca.example/c/1","status":"pending","token":"LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0"},
        {"type":"dns-01","url":"https://ca.example/c/2","token":"abc_-","error":{"type":"urn:ietf:params:acme:error:dns","detail":"no"}}]}
        """;

    private const string Problem = """
        {"type":"urn:ietf:params:acme:error:rejectedIdentifier","detail":"No.","status":403,"instance":"https://ca.example/p/1",
        "identifier":{"type":"dns","value":"a.example"},
        "subproblems":[{"type":"urn:ietf:params:acme:error:caa","detail":"CAA","identifier":{"type":"dns","value":"a.example"}},
        {"type":"urn:ietf:params:acme:error:dns"}]}
        """;

    private static readonly PrivateKey Key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);

    private static readonly AcmeIdentifier[] Asked = [new("dns", "www.example.org"), new("ip", "192.0.2.1")];

    public static IEnumerable<FuzzTarget> All(IReadOnlyList<byte[]> chains) =>
    [
        Json("acme-directory", 4, ReadDirectoryAsync, Directory),
        Json(
            "acme-account",
            4,
            ReadAccountAsync,
            """{"status":"valid","contact":["mailto:a@example.org"]}""",
            """{"status":"revoked","contact":[]}"""),
        Json("acme-order", 5, ReadOrderAsync, Order),
        Json("acme-authorization", 5, ReadAuthorizationAsync, Authorization),
        Json(
            "acme-renewal",
            4,
            ReadRenewalAsync,
            """
            {"suggestedWindow":{"start":"2026-11-01T00:00:00Z","end":"2026-11-03T00:00:00Z"},"explanationURL":"https://ca.example/why"}
            """),
        Json("acme-problem", 5, ReadProblemAsync, Problem) with { RefusesSeeds = true },
        new(
            "acme-chain",
            new ByteMutator("-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n", "-----BEGIN ", "\n", "="),
            chains,
            ReadChainAsync,
            2),
        new("acme-headers", new ByteMutator(HeaderWords), [.. Headers.Select(Encoding.Latin1.GetBytes)], ReadHeadersAsync, 4),
    ];

    private static readonly string[] HeaderWords =
        [
            "Retry-After: ", "Link: ", "Location: ", "Replay-Nonce: ", "Content-Type: ", "<", ">", ";rel=\"alternate\"", "rel=", "\"",
            ",", "https://", "//", "99999999999999999999", " GMT", "\0", "\n",
        ];

    private static readonly string[] Headers =
    [
        "Retry-After: 120\nLink: <https://ca.example/cert/1>;rel=\"alternate\", </2>; rel=alternate\nLocation: "
            + "https://ca.example/order/1\nReplay-Nonce: oFvnlFP1wIhRlYS2jTaXbA",
        "Retry-After: Mon, 23 Nov 2026 12:01:00 GMT\nLocation: /order/1\nContent-Type: application/problem+json; charset=utf-8",
        "Link: <https://ca.example/directory>;rel=\"index\"\nLink: <https://ca.example/terms>;rel=\"terms-of-service "
            + "alternate\"\nReplay-Nonce: \"\\",
    ];

    private static FuzzTarget Json(string name, int weight, Func<FuzzedCa, CancellationToken, Task> readAsync, params string[] seeds) =>
        new(
        name,
        new JsonMutator(),
        [.. seeds.Select(Encoding.UTF8.GetBytes)],
        async (input, ct) =>
        {
            using var ca = new FuzzedCa(input, Directory);
            await readAsync(ca, ct);
        },
        weight);

    private static async Task ReadDirectoryAsync(FuzzedCa ca, CancellationToken ct)
    {
        using var client = await ca.ConnectAsync("/directory", ct);
        _ = string.Join(
            ' ',
            client.Directory.Metadata.CaaIdentities.Concat(client.Directory.Metadata.Profiles.Select(p => p.Key + p.Value))
                .Select(t => t.Length));
        await client.CreateAccountAsync(Key, ["mailto:a@example.org"], true, new ExternalAccount("kid", "bWFj"), ct);
        await client.GetRenewalInfoAsync("a.b", ct);
    }

    private static async Task ReadAccountAsync(FuzzedCa ca, CancellationToken ct)
    {
        using var client = await ca.ConnectAsync("/account", ct);
        var session = await client.FindAccountAsync(Key, ct);
        _ = session.Account.Contact.Sum(c => c.Length) + session.Account.Status.Length;
        await session.GetAccountAsync(ct);
    }

    private static async Task ReadOrderAsync(FuzzedCa ca, CancellationToken ct)
    {
        using var client = await ca.ConnectAsync("/order", ct);
        var order =
            await client.UseAccount(Key, FuzzedCa.Url("/account/1")).NewOrderAsync(new NewOrder { Identifiers = Asked }, null, ct);
        if (order.Error is { } error)
        {
            _ = new AcmeException(error, order.Url).Message;
        }

        _ = order.Status.Length
            + order.Authorizations.Sum(a => a.AbsoluteUri.Length)
            + order.Finalize.AbsoluteUri.Length
            + (order.Certificate?.AbsoluteUri.Length ?? 0);
        order.RequireIdentifiers(Asked);
    }

    private static async Task ReadAuthorizationAsync(FuzzedCa ca, CancellationToken ct)
    {
        using var client = await ca.ConnectAsync("/authz/1", ct);
        var session = client.UseAccount(Key, FuzzedCa.Url("/account/1"));
        var authorization = await session.GetAuthorizationAsync(FuzzedCa.Url("/authz/1"), ct);
        _ = authorization.CertificateName.Length + authorization.Status.Length;
        foreach (var challenge in authorization.Challenges)
        {
            _ = challenge.Error is { } error
                ? new AcmeException(error, challenge.Url).Message
                : challenge.Status.ToLowerInvariant() + challenge.Type.ToLowerInvariant();
            _ = session.CreateKeyAuthorization(authorization, challenge);
        }
    }

    private static async Task ReadRenewalAsync(FuzzedCa ca, CancellationToken ct)
    {
        using var client = await ca.ConnectAsync("/renewal/a.b", ct);
        var info = await client.GetRenewalInfoAsync("a.b", ct);
        _ = info!.SuggestedWindow.End - info.SuggestedWindow.Start;
    }

    private static async Task ReadProblemAsync(FuzzedCa ca, CancellationToken ct)
    {
        ca.Status = HttpStatusCode.Forbidden;
        using var client = await ca.ConnectAsync("/order", ct);
        await client.UseAccount(Key, FuzzedCa.Url("/account/1")).NewOrderAsync(new NewOrder { Identifiers = Asked }, null, ct);
    }

    private static async Task ReadChainAsync(byte[] input, CancellationToken ct)
    {
        using var ca = new FuzzedCa(input, Directory);
        using var client = await ca.ConnectAsync("/cert", ct);
        var certificate = await client.UseAccount(Key, FuzzedCa.Url("/account/1")).DownloadAsync(FuzzedCa.Url("/cert"), ct);
        using var chain = CertificateChain.FromPem(certificate.Pem);
        _ = RenewalIdentifier.FromCertificate(chain.Leaf);
        _ = chain.LeafNames();
        _ = chain.LeafKeyAlgorithm();
    }

    private static async Task ReadHeadersAsync(byte[] input, CancellationToken ct)
    {
        using var ca = new FuzzedCa(Encoding.UTF8.GetBytes(Order), Directory) { Headers = Encoding.Latin1.GetString(input) };
        ca.Status = input is [.., var last] && last % 11 == 3 ? HttpStatusCode.TooManyRequests : HttpStatusCode.OK;
        using var client = await ca.ConnectAsync("/order", ct);
        var session = client.UseAccount(Key, FuzzedCa.Url("/account/1"));
        var order = await session.NewOrderAsync(new NewOrder { Identifiers = Asked }, null, ct);

        // The next request is signed with the nonce and the URL from the headers.
        await session.GetOrderAsync(order.Url, ct);
        await session.DownloadAsync(FuzzedCa.Url("/order"), ct);
    }
}
