using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Acme;

/// <summary>The test CA rejects what RFC 8555 forbids; the other tests rely on it.</summary>
public sealed class AcmeTestServerTests : IAsyncLifetime
{
    private readonly PrivateKey _key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
    private readonly HttpClient _http = new(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true });
    private AcmeTestServer _ca = null!;
    private Uri _account = null!;

    public async Task InitializeAsync()
    {
        _ca = await AcmeTestServer.StartAsync(new AcmeTestServerOptions(), CancellationToken.None);
        var response = await PostAsync("new-account", "{\"termsOfServiceAgreed\":true}", account: false);
        Assert.Equal(HttpStatusCode.Created, response.Status);
        _account = new Uri(_ca.Accounts[0].Url);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        _key.Dispose();
        await _ca.DisposeAsync();
    }

    [Fact]
    public async Task A_nonce_can_be_used_once()
    {
        var nonce = await GetNonceAsync();
        var first = await PostAsync("new-order", "{}", nonce: nonce);
        var second = await PostAsync("new-order", "{}", nonce: nonce);

        Assert.NotEqual("badNonce", first.Type);
        Assert.Equal("badNonce", second.Type);
    }

    [Fact]
    public async Task An_unknown_nonce_is_rejected() =>
        Assert.Equal("badNonce", (await PostAsync("new-order", "{}", nonce: "invented")).Type);

    [Fact]
    public async Task A_url_header_of_another_resource_is_rejected() =>
        Assert.Equal("unauthorized", (await PostAsync("new-order", "{}", signedUrl: Url("revoke-cert"))).Type);

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/jose+json; charset=utf-8")]
    public async Task Other_media_types_are_rejected(string contentType) =>
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await PostAsync("new-order", "{}", contentType: contentType)).Status);

    [Fact]
    public async Task A_body_changed_after_signing_is_rejected()
    {
        var response = await PostAsync("new-order", "{\"identifiers\":[]}", tamper: body => body["payload"] = "e30");

        Assert.Equal("malformed", response.Type);
        Assert.Contains("signature", response.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unprotected_header_is_rejected() =>
        Assert.Contains(
            "header",
            (await PostAsync("new-order", "{}", tamper: body => body["header"] = new JsonObject())).Detail,
            StringComparison.Ordinal);

    [Fact]
    public async Task NewAccount_requires_a_jwk_and_other_resources_a_kid()
    {
        Assert.Equal("malformed", (await PostAsync("new-account", "{}")).Type);
        Assert.Equal(
            "malformed",
            (await PostAsync("new-order", "{\"identifiers\":[{\"type\":\"dns\",\"value\":\"a.example\"}]}", account: false)).Type);
        Assert.Empty(_ca.Orders);
    }

    [Fact]
    public async Task POST_as_GET_with_an_empty_object_is_rejected()
    {
        await PostAsync("new-order", "{\"identifiers\":[{\"type\":\"dns\",\"value\":\"a.example\"}]}");
        var path = new Uri(_ca.Orders[0].Url).AbsolutePath[1..];

        Assert.Equal("malformed", (await PostAsync(path, "{}")).Type);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(path, string.Empty)).Status);
    }

    [Fact]
    public async Task GET_of_an_order_is_rejected()
    {
        await PostAsync("new-order", "{\"identifiers\":[{\"type\":\"dns\",\"value\":\"a.example\"}]}");
        using var response = await _http.GetAsync(new Uri(_ca.Orders[0].Url));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Fact]
    public async Task Reading_an_order_of_another_account_is_unauthorized()
    {
        await PostAsync("new-order", "{\"identifiers\":[{\"type\":\"dns\",\"value\":\"a.example\"}]}");
        using var other = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        await PostAsync("new-account", "{\"termsOfServiceAgreed\":true}", account: false, key: other);
        _account = new Uri(_ca.Accounts[1].Url);

        Assert.Equal("unauthorized", (await PostAsync(new Uri(_ca.Orders[0].Url).AbsolutePath[1..], string.Empty, key: other)).Type);
    }

    [Fact]
    public async Task An_order_that_is_not_ready_cannot_be_finalized()
    {
        await PostAsync("new-order", "{\"identifiers\":[{\"type\":\"dns\",\"value\":\"a.example\"}]}");
        var response = await PostAsync(new Uri(_ca.Orders[0].Url).AbsolutePath[1..] + "/finalize", "{\"csr\":\"\"}");

        Assert.Equal(("orderNotReady", HttpStatusCode.Forbidden), (response.Type, response.Status));
    }

    [Theory]
    [InlineData("\"replaces\":\"a.b\"", "malformed")]
    [InlineData("\"profile\":\"none\"", "invalidProfile")]
    public async Task An_order_with_an_unknown_reference_is_rejected(string member, string type)
    {
        Assert.Equal(type, (await PostAsync("new-order", $$"""{"identifiers":[{"type":"dns","value":"a.example"}],{{member}}}""")).Type);
        Assert.Empty(_ca.Orders);
    }

    [Fact]
    public async Task A_wildcard_and_its_apex_need_separate_TXT_values()
    {
        var published = new Dictionary<string, List<string>>();
        await using var ca = await AcmeTestServer.StartAsync(
            new AcmeTestServerOptions
            {
                Txt = (name, _) => Task.FromResult<IReadOnlyList<string>>(published.GetValueOrDefault(name) ?? []),
            }, CancellationToken.None);
        using var root = X509CertificateLoader.LoadCertificateFromFile(ca.RootFile);
        using var client =
            await AcmeClient.ConnectAsync(ca.DirectoryUrl, new AcmeClientOptions { TrustedRoots = [root] }, CancellationToken.None);
        var session = await client.CreateAccountAsync(_key, [], true, null, CancellationToken.None);
        var names = CertificateNameSet.Parse(["*.example.org", "example.org"]);
        var order = await session.NewOrderAsync(
            new NewOrder { Identifiers = [.. names.Select(AcmeIdentifier.FromName)] }, null, CancellationToken.None);

        var authorizations =
            await Task.WhenAll(order.Authorizations.Select(url => session.GetAuthorizationAsync(url, CancellationToken.None)));
        var wildcard = Assert.Single(authorizations, a => a.Wildcard);
        Assert.Equal(["dns-01"], wildcard.Challenges.Select(c => c.Type));
        Assert.All(authorizations, a => Assert.Equal("example.org", a.Identifier.Value));
        published["_acme-challenge.example.org"] =
        [
            .. authorizations.Select(a => session.CreateKeyAuthorization(a, a.Challenges.First(c => c.Type == "dns-01")).Value)
                .Select(k => Base64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(k)))),
        ];
        foreach (var authorization in authorizations)
        {
            await session.RespondToChallengeAsync(authorization.Challenges.First(c => c.Type == "dns-01").Url, CancellationToken.None);
        }

        order = await session.WaitForOrderAsync(
            order, o => o.Status != "pending", isExpected: false, deadline: null, CancellationToken.None);
        Assert.Equal("ready", order.Status);
    }

    private Uri Url(string path) => new(_ca.DirectoryUrl, "/" + path);

    private async Task<string> GetNonceAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, Url("new-nonce"));
        using var response = await _http.SendAsync(request);
        return response.Headers.GetValues("Replay-Nonce").Single();
    }

    private async Task<(HttpStatusCode Status, string? Type, string Detail)> PostAsync(
        string path,
        string payload,
        bool account = true,
        string? nonce = null,
        Uri? signedUrl = null,
        string contentType = "application/jose+json",
        Action<JsonObject>? tamper = null,
        PrivateKey? key = null)
    {
        var jws = Jws.Sign(
            key ?? _key,
            account ? _account : null,
            nonce ?? await GetNonceAsync(),
            signedUrl ?? Url(path),
            Encoding.UTF8.GetBytes(payload));
        var body = JsonNode.Parse(jws)!.AsObject();
        tamper?.Invoke(body);
        using var content = new ByteArrayContent(Encoding.ASCII.GetBytes(body.ToJsonString()));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        using var response = await _http.PostAsync(Url(path), content);
        Assert.True(response.Headers.Contains("Replay-Nonce"));
        var document = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        return (response.StatusCode, ((string?)document["type"])?.Split(':')[^1], (string?)document["detail"] ?? string.Empty);
    }
}
