using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Acme;

/// <summary>Responses of a CA, load balancer or attacker that violate RFC 8555.</summary>
public sealed class AcmeClientTests : IAsyncLifetime
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    private readonly SkippingClock _clock = new(RequestTimeout);
    private readonly ConcurrentQueue<AcmeTrace> _exchanges = new();
    private readonly PrivateKey _key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
    private AcmeTestServer _ca = null!;
    private X509Certificate2 _root = null!;

    public async Task InitializeAsync()
    {
        _ca = await AcmeTestServer.StartAsync(
            new AcmeTestServerOptions { Time = _clock, AcceptsAllChallenges = true, RenewalExplanation = "https://ca.example/incident" },
            CancellationToken.None);
        _root = X509CertificateLoader.LoadCertificateFromFile(_ca.RootFile);
    }

    public async Task DisposeAsync()
    {
        await _ca.DisposeAsync();
        _root.Dispose();
        _key.Dispose();
    }

    [Fact]
    public async Task The_directory_is_parsed_with_its_metadata()
    {
        using var client = await ConnectAsync();

        Assert.Equal("https://ca.example/terms/1", client.Directory.Metadata.TermsOfService);
        Assert.Equal("https://ca.example", client.Directory.Metadata.Website);
        Assert.Equal(["ca.example"], client.Directory.Metadata.CaaIdentities);
        Assert.NotNull(client.Directory.RenewalInfo);
    }

    [Fact]
    public async Task No_request_is_sent_to_an_untrusted_endpoint()
    {
        var error = await Assert.ThrowsAsync<AcmeException>(() =>
            AcmeClient.ConnectAsync(_ca.DirectoryUrl, new AcmeClientOptions { Time = _clock }, CancellationToken.None));

        Assert.Equal("untrusted", error.Problem.ShortType);
        Assert.Empty(_ca.Requests);
    }

    [Fact]
    public async Task A_trusted_root_does_not_allow_another_host()
    {
        // The endpoint's certificate is for localhost and 127.0.0.1.
        var other = new UriBuilder(_ca.DirectoryUrl) { Host = "127.0.0.2" }.Uri;
        await Assert.ThrowsAsync<AcmeException>(() => AcmeClient.ConnectAsync(other, Options(), CancellationToken.None));

        Assert.Empty(_ca.Requests);
    }

    public static TheoryData<string, string> BodiesThatAreNoDirectory => new()
    {
        { "empty", string.Empty },
        { "no JSON", "hello" },
        { "truncated", "{\"newNonce\":\"https://ca" },
        { "an array", "[]" },
        { "null", "null" },
        { "without newOrder", "{\"newNonce\":\"https://ca/a\",\"newAccount\":\"https://ca/b\"}" },
        { "of other types", "{\"newNonce\":1,\"newAccount\":{},\"newOrder\":[]}" },
        { "a page", "<html></html>" },
    };

    [Theory]
    [MemberData(nameof(BodiesThatAreNoDirectory))]
    public async Task An_invalid_directory_is_one_error(string what, string body)
    {
        Assert.NotEmpty(what);
        _ca.Faults.Add(AcmeFault.On(AcmeResource.Directory).Respond(CaResponse.Text(body)));
        await AssertProblemAsync("malformedAnswer", ConnectAsync);

        Assert.Single(_ca.Requests);
    }

    [Theory]
    [InlineData("newAccount")]
    [InlineData("newNonce")]
    public async Task Directory_URLs_without_TLS_are_rejected(string name)
    {
        _ca.Faults.Add(AcmeFault.On(AcmeResource.Directory)
            .Change(r => r.Edit(d => d[name] = ((string)d[name]!).Replace("https://", "http://", StringComparison.Ordinal))));
        using var client = await ConnectAsync();
        var error = await AssertProblemAsync("malformedAnswer", () => CreateAccountAsync(client));

        Assert.Contains("not an https URL", error.Message, StringComparison.Ordinal);
        Assert.Empty(_ca.Accounts);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_to_http_is_not_followed(int status)
    {
        _ca.Faults.Add(AcmeFault.On(AcmeResource.Directory).Respond(CaResponse.Redirect(status, "http://127.0.0.1/directory")));
        var error = await Assert.ThrowsAsync<AcmeException>(ConnectAsync);

        Assert.Equal(status, error.Problem.Status);
        Assert.Equal(AcmeProblemType.MalformedAnswer, error.Problem.ShortType);
        Assert.Contains(
            "a redirect to http://127.0.0.1/directory, but only redirects to https are followed", error.Message, StringComparison.Ordinal);
        Assert.Single(_ca.Requests);
    }

    [Theory]
    [InlineData(301, "/directory")]
    [InlineData(302, "directory")]
    [InlineData(307, null)]
    [InlineData(308, null)]
    public async Task A_redirect_of_the_directory_is_followed(int status, string? relative)
    {
        _ca.Faults.Add(
            AcmeFault.On(AcmeResource.Directory).Times(5).Respond(CaResponse.Redirect(status, relative ?? _ca.DirectoryUrl.AbsoluteUri)));
        using var client = await ConnectAsync();
        await CreateAccountAsync(client);

        Assert.Equal(_ca.DirectoryUrl, client.DirectoryUrl);
        Assert.Equal(6, _ca.Count(AcmeResource.Directory));
        Assert.Single(_ca.Accounts);
    }

    [Fact]
    public async Task An_endless_redirect_of_the_directory_is_one_error()
    {
        _ca.Faults.Add(AcmeFault.On(AcmeResource.Directory).Always().Respond(CaResponse.Redirect(302, _ca.DirectoryUrl.AbsoluteUri)));
        var error = await Assert.ThrowsAsync<AcmeException>(ConnectAsync);

        Assert.Contains(
            $"a redirect to {_ca.DirectoryUrl}, but only 5 redirects are followed", error.Message, StringComparison.Ordinal);
        Assert.Equal(6, _ca.Count(AcmeResource.Directory));
    }

    [Fact]
    public async Task An_endless_response_is_rejected()
    {
        _ca.Faults.Add(AcmeFault.On(AcmeResource.Directory).Respond(CaResponse.Endless()));
        var error = await AssertProblemAsync("malformedAnswer", ConnectAsync);

        Assert.Contains("larger than", error.Message, StringComparison.Ordinal);
        Assert.Single(_ca.Requests);
    }

    [Fact]
    public async Task A_missing_response_is_a_network_error_after_the_timeout()
    {
        _ca.Faults.Add(AcmeFault.On(AcmeResource.Directory).Always().Do(async (_, ended) =>
        {
            _clock.Advance(RequestTimeout);
            await Task.Delay(Timeout.Infinite, ended);
        }));
        var error = await AssertProblemAsync("unreachable", ConnectAsync);

        Assert.Contains("no response within 30 s", error.Message, StringComparison.Ordinal);
        Assert.Equal(5, _ca.Requests.Count);
    }

    [Fact]
    public async Task An_unreachable_CA_is_one_error_after_the_retries()
    {
        var unreachable = new Uri($"https://127.0.0.1:{FreePort.Next()}/directory");
        var error = await Assert.ThrowsAsync<AcmeException>(() => AcmeClient.ConnectAsync(unreachable, Options(), CancellationToken.None));

        Assert.Equal("unreachable", error.Problem.ShortType);
        Assert.Equal(4, _clock.Waits.Count);
    }

    [Theory]
    [InlineData(404, "text/html")]
    [InlineData(403, "application/json")]
    [InlineData(400, "application/problem+json")]
    public async Task An_error_response_without_a_problem_document_reports_its_status(int status, string contentType)
    {
        using var client = await ConnectAsync();
        _ca.Faults.Add(AcmeFault.On(AcmeResource.NewAccount).Respond(CaResponse.Text("<html>", contentType, status)));
        var error = await Assert.ThrowsAsync<AcmeException>(() => CreateAccountAsync(client));

        Assert.Equal(status, error.Problem.Status);
        Assert.Contains($"HTTP {status}", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, _ca.Count(AcmeResource.NewAccount));
    }

    [Fact]
    public async Task A_newNonce_response_without_a_nonce_is_one_error()
    {
        using var client = await ConnectAsync();
        _ca.Faults.Add(AcmeFault.On(AcmeResource.NewNonce).Change(r => r.Without("Replay-Nonce")));
        await AssertProblemAsync("malformedAnswer", () => CreateAccountAsync(client));

        Assert.Equal(0, _ca.Count(AcmeResource.NewAccount));
    }

    [Fact]
    public async Task Concurrent_requests_never_share_a_nonce()
    {
        using var client = await ConnectAsync();
        var session = await CreateAccountAsync(client);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => session.GetAccountAsync(CancellationToken.None)));

        var nonces = _ca.Requests.Where(r => r.Nonce is not null).Select(r => r.Nonce).ToList();
        Assert.Equal(21, nonces.Count);
        Assert.Equal(21, nonces.Distinct().Count());
    }

    [Fact]
    public async Task Nonces_from_responses_are_used_for_later_requests()
    {
        using var client = await ConnectAsync();
        var session = await CreateAccountAsync(client);
        for (var i = 0; i < 5; i++)
        {
            await session.GetAccountAsync(CancellationToken.None);
        }

        Assert.Equal(1, _ca.Count(AcmeResource.NewNonce));
    }

    [Fact]
    public async Task Finding_a_missing_account_does_not_create_it()
    {
        using var client = await ConnectAsync();
        await AssertProblemAsync("accountDoesNotExist", () => client.FindAccountAsync(_key, CancellationToken.None));
        Assert.Empty(_ca.Accounts);

        var created = await CreateAccountAsync(client);
        var found = await client.FindAccountAsync(_key, CancellationToken.None);
        Assert.Equal(created.Account.Url, found.Account.Url);
    }

    [Fact]
    public async Task Renewal_information_includes_the_time_of_the_next_query()
    {
        using var client = await ConnectAsync();
        using var certificate = await IssueAsync(client);
        var id = RenewalIdentifier.FromCertificate(certificate)!;
        var info = await client.GetRenewalInfoAsync(id, CancellationToken.None);

        Assert.Equal(Assert.Single(_ca.IssuedCertificates).RenewalId, id);
        Assert.InRange(info!.SuggestedWindow.Start, certificate.NotBefore, certificate.NotAfter);
        Assert.True(info.SuggestedWindow.Start < info.SuggestedWindow.End);
        Assert.Equal("https://ca.example/incident", info.ExplanationUrl);
        Assert.Equal(_clock.GetUtcNow().AddSeconds(21600), info.RetryAt);
    }

    [Fact]
    public async Task The_renewal_window_of_a_revoked_certificate_is_in_the_past()
    {
        using var client = await ConnectAsync();
        using var certificate = await IssueAsync(client);
        await client.UseAccount(_key, new Uri(_ca.Accounts[0].Url))
            .RevokeAsync(certificate.RawDataMemory, RevocationReason.Superseded, CancellationToken.None);
        var info = await client.GetRenewalInfoAsync(RenewalIdentifier.FromCertificate(certificate)!, CancellationToken.None);

        Assert.True(info!.SuggestedWindow.End < _clock.GetUtcNow());
    }

    [Fact]
    public async Task A_CA_without_renewal_information_is_not_queried()
    {
        _ca.Faults.Add(AcmeFault.On(AcmeResource.Directory).Change(r => r.Edit(d => d.Remove("renewalInfo"))));
        using var client = await ConnectAsync();

        Assert.Null(await client.GetRenewalInfoAsync("a.b", CancellationToken.None));
        Assert.Single(_ca.Requests);
    }

    [Theory]
    [InlineData("revokeCert", "revocation")]
    [InlineData("keyChange", "change of account keys")]
    public async Task An_endpoint_missing_from_the_directory_is_one_error(string name, string what)
    {
        _ca.Faults.Add(AcmeFault.On(AcmeResource.Directory).Change(r => r.Edit(d => d.Remove(name))));
        using var client = await ConnectAsync();
        var session = await CreateAccountAsync(client);
        using var next = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        var error = await AssertProblemAsync("unsupported", () => name == "keyChange"
            ? session.ChangeKeyAsync(next, CancellationToken.None)
            : session.RevokeAsync(new byte[1], RevocationReason.Unspecified, CancellationToken.None));

        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Traces_contain_payloads_without_signatures()
    {
        using var client = await ConnectAsync();
        var session = await CreateAccountAsync(client);
        using var next = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        await session.ChangeKeyAsync(next, CancellationToken.None);

        var change = Assert.Single(_exchanges, e => e.Url.AbsolutePath == "/key-change");
        Assert.Contains("\"signature\":\"***\"", change.Payload, StringComparison.Ordinal);
        var signature = (string)_ca.Requests.Single(r => r.Resource == AcmeResource.KeyChange).Payload!["signature"]!;
        Assert.DoesNotContain(_exchanges, e => e.ToString().Contains(signature, StringComparison.Ordinal));
    }

    private AcmeClientOptions Options() => new()
    {
        TrustedRoots = [_root],
        Time = _clock,
        RequestTimeout = RequestTimeout,
        Observe = _exchanges.Enqueue,
    };

    private Task<AcmeClient> ConnectAsync() => AcmeClient.ConnectAsync(_ca.DirectoryUrl, Options(), CancellationToken.None);

    private Task<AcmeSession> CreateAccountAsync(AcmeClient client) =>
        client.CreateAccountAsync(_key, [], true, null, CancellationToken.None);

    private async Task<X509Certificate2> IssueAsync(AcmeClient client)
    {
        var session = await CreateAccountAsync(client);
        var names = CertificateNameSet.Parse(["one.example.org"]);
        var order =
            await session.NewOrderAsync(new NewOrder { Identifiers = [AcmeIdentifier.FromName(names[0])] }, null, CancellationToken.None);
        var authorization = await session.GetAuthorizationAsync(order.Authorizations[0], CancellationToken.None);
        await session.RespondToChallengeAsync(authorization.Challenges[0].Url, CancellationToken.None);
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        order = await session.FinalizeAsync(order, SigningRequest.Create(key, names), deadline: null, CancellationToken.None);
        var certificate = await session.DownloadAsync(order.Certificate!, CancellationToken.None);
        return X509Certificate2.CreateFromPem(certificate.Pem);
    }

    private static async Task<AcmeException> AssertProblemAsync(string shortType, Func<Task> action)
    {
        var error = await Assert.ThrowsAsync<AcmeException>(action);
        Assert.Equal(shortType, error.Problem.ShortType);
        return error;
    }
}
