using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>Issuance end to end against a strict CA without faults.</summary>
public sealed class StrictCaTests : IssuanceTest
{
    [Theory]
    [InlineData(ChallengeTypes.Http01, "one.example.org", "two.example.org")]
    [InlineData(ChallengeTypes.TlsAlpn01, "one.example.org", "two.example.org")]
    [InlineData(ChallengeTypes.Http01, "127.0.0.1", "one.example.org")]
    [InlineData(ChallengeTypes.TlsAlpn01, "127.0.0.1")]
    public async Task The_CA_validates_each_challenge(string type, params string[] names)
    {
        using var engine = await StartAsync(new AcmeTestServerOptions());
        var request = Request(names);
        var entry = await engine.IssueAsync(
            request with { Settings = new IssuanceSettings { ChallengeType = type, HttpPort = Ca.HttpPort, TlsPort = Ca.TlsPort } },
            CancellationToken.None);

        Assert.Equal(names, entry.Record.Domains);
        Assert.Equal(names, Assert.Single(Ca.IssuedCertificates).Names);
        Assert.All(Ca.Authorizations, a => Assert.Equal(type, a.Challenges.Single(c => c.Status == "valid").Type));
    }

    [Theory]
    [InlineData(KeyAlgorithm.EcdsaP256, "ES256")]
    [InlineData(KeyAlgorithm.EcdsaP384, "ES384")]
    [InlineData(KeyAlgorithm.Rsa2048, "RS256")]
    public async Task Each_key_type_signs_with_its_algorithm(KeyAlgorithm algorithm, string name)
    {
        using var engine = await StartAsync();
        var request = Request("one.example.org");
        var entry = await engine.IssueAsync(
            request with
            {
                Account = request.Account with { KeyAlgorithm = algorithm },
                Settings = request.Settings with { KeyAlgorithm = algorithm },
            }, CancellationToken.None);

        Assert.Equal(algorithm.ToString(), entry.Live.KeyAlgorithm);
        Assert.All(Ca.Requests.Where(r => r.Protected is not null), r => Assert.Equal(name, (string?)r.Protected!["alg"]));
    }

    [Fact]
    public async Task A_first_certificate_takes_exactly_these_requests()
    {
        using var engine = await StartAsync();
        await engine.IssueAsync(Request("one.example.org"), CancellationToken.None);

        Assert.Equal(
            [
                AcmeResource.Directory, AcmeResource.NewNonce, AcmeResource.NewAccount, AcmeResource.NewOrder, AcmeResource.Authorization,
                AcmeResource.Challenge, AcmeResource.Order, AcmeResource.Finalize, AcmeResource.Certificate,
            ],
            Ca.Requests.Select(r => r.Resource));
    }

    [Fact]
    public async Task Reads_use_POST_as_GET_and_accept_the_chain_type()
    {
        using var engine = await StartAsync(new AcmeTestServerOptions { AcceptsAllChallenges = true, ProcessingPolls = 2 });
        await engine.IssueAsync(Request("one.example.org"), CancellationToken.None);

        var reads = Ca.Requests.Where(
            r => r.Resource is AcmeResource.Authorization or AcmeResource.Order or AcmeResource.Certificate).ToList();
        Assert.All(reads, r => Assert.True(r is { Method: "POST", Payload: null, KeyId: not null }));
        Assert.Equal("application/pem-certificate-chain", reads[^1].Accept);
    }

    [Fact]
    public async Task Lifetime_and_profile_are_requested()
    {
        using var engine = await StartAsync(new AcmeTestServerOptions
        {
            AcceptsAllChallenges = true,
            Profiles = new Dictionary<string, string> { ["shortlived"] = "six days" },
        });
        var request = Request("one.example.org");
        var entry = await engine.IssueAsync(
            request with { Settings = request.Settings with { Profile = "shortlived", Duration = TimeSpan.FromDays(6) } },
            CancellationToken.None);

        Assert.Equal("shortlived", Assert.Single(Ca.Orders).Profile);
        Assert.InRange(entry.Live.Expires - Clock.GetUtcNow(), TimeSpan.FromDays(6) - TimeSpan.FromHours(1), TimeSpan.FromDays(6));
    }

    [Fact]
    public async Task An_unknown_profile_is_rejected_and_leaves_nothing()
    {
        using var engine = await StartAsync();
        var request = Request("one.example.org");
        var error = await Assert.ThrowsAsync<InvalidInputException>(() =>
            engine.IssueAsync(request with { Settings = request.Settings with { Profile = "none" } }, CancellationToken.None));

        Assert.Equal(("UnknownProfile", "none"), (error.Code, error.Value));
        Assert.Equal(0, Ca.Count(AcmeResource.NewOrder));
        Assert.Null(await FindJournalAsync("one.example.org"));
    }

    [Fact]
    public async Task Valid_authorizations_are_reused()
    {
        using var engine = await StartAsync(new AcmeTestServerOptions { AcceptsAllChallenges = true, ReusesAuthorizations = true });
        await engine.IssueAsync(Request("one.example.org"), CancellationToken.None);
        await engine.IssueAsync(Request("one.example.org") with { Force = true }, CancellationToken.None);

        Assert.Single(Ca.Authorizations);
        Assert.Equal(1, Ca.Count(AcmeResource.Challenge));
        Assert.Equal(2, Ca.IssuedCertificates.Count);
    }

    [Fact]
    public async Task The_preferred_chain_is_found_among_the_alternates()
    {
        using var engine = await StartAsync(new AcmeTestServerOptions { AcceptsAllChallenges = true, AlternateRoots = 2 });
        var request = Request("one.example.org");
        var entry = await engine.IssueAsync(
            request with { Settings = request.Settings with { PreferredChain = "Test Root 2" } }, CancellationToken.None);

        using var material = await Rack.Certificates.ReadAsync(entry.Record.Id, entry.LiveVersion, CancellationToken.None);
        Assert.Equal("CN=Test Root 2", material.Chain.Certificates[^1].Issuer);
        Assert.Equal(3, Ca.Count(AcmeResource.Certificate));
    }

    [Fact]
    public async Task Without_the_preferred_chain_the_default_is_used_with_a_warning()
    {
        using var engine = await StartAsync(new AcmeTestServerOptions { AcceptsAllChallenges = true, AlternateRoots = 1 });
        var request = Request("one.example.org");
        var entry = await engine.IssueAsync(
            request with { Settings = request.Settings with { PreferredChain = "Another Root" } }, CancellationToken.None);

        using var material = await Rack.Certificates.ReadAsync(entry.Record.Id, entry.LiveVersion, CancellationToken.None);
        Assert.Equal("CN=Test Root 0", material.Chain.Certificates[^1].Issuer);
        Assert.Contains("Another Root", Assert.Single(Events.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_key_authorization_is_one_error_with_the_names_and_the_order_is_abandoned()
    {
        using var engine = await StartAsync(new AcmeTestServerOptions());
        var error = await AssertIssueFailsAsync("connection", "one.example.org", "two.example.org");

        Assert.Contains("one.example.org", error.Message, StringComparison.Ordinal);
        Assert.Contains("two.example.org", error.Message, StringComparison.Ordinal);
        await AssertAbandonedAsync();
    }

    [Theory]
    [InlineData(RevocationReason.Unspecified)]
    [InlineData(RevocationReason.Superseded)]
    public async Task Revoking_twice_is_not_an_error(RevocationReason reason)
    {
        using var engine = await StartAsync();
        var entry = await engine.IssueAsync(Request("one.example.org"), CancellationToken.None);
        await engine.Certificates.RevokeAsync(entry.Record.Id, reason, null, null, CancellationToken.None);
        await engine.Certificates.RevokeAsync(entry.Record.Id, reason, null, null, CancellationToken.None);

        Assert.Equal((int)reason, Assert.Single(Ca.RevokedCertificates).RevocationReason);
    }

    [Fact]
    public async Task The_certificate_key_revokes_if_another_account_ordered_it()
    {
        using var engine = await StartAsync();
        var entry = await engine.IssueAsync(Request("one.example.org"), CancellationToken.None);
        await engine.Accounts.RemoveAsync(Ca.DirectoryUrl, keepAtCa: true, CancellationToken.None);
        await CreateAccountAsync();

        using var other = NewEngine();
        await other.Certificates.RevokeAsync(entry.Record.Id, RevocationReason.KeyCompromise, null, null, CancellationToken.None);

        Assert.Equal(1, Assert.Single(Ca.RevokedCertificates).RevocationReason);
        Assert.Equal([true, false], Ca.Requests.Where(r => r.Resource == AcmeResource.RevokeCertificate).Select(r => r.KeyId is not null));
    }

    [Fact]
    public async Task A_revocation_with_a_lost_response_succeeds()
    {
        using var engine = await StartAsync();
        var entry = await engine.IssueAsync(Request("one.example.org"), CancellationToken.None);
        Ca.Faults.Add(AcmeFault.On(AcmeResource.RevokeCertificate).LoseResponse());
        var revoked = await engine.Certificates.RevokeAsync(
            entry.Record.Id, RevocationReason.Superseded, null, null, CancellationToken.None);

        Assert.NotNull(revoked.Live.Revoked);
        Assert.Single(Ca.RevokedCertificates);
        Assert.Equal(2, Ca.Count(AcmeResource.RevokeCertificate));
    }

    [Fact]
    public async Task A_signing_request_of_the_user_is_sent_unchanged_and_no_key_is_stored()
    {
        using var engine = await StartAsync();
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        var names = CertificateNameSet.Parse(["one.example.org"]);
        var signingRequest = SigningRequest.Create(key, names);
        var entry = await engine.IssueAsync(Request("one.example.org") with { SigningRequest = signingRequest }, CancellationToken.None);

        using var material = await Rack.Certificates.ReadAsync(entry.Record.Id, entry.LiveVersion, CancellationToken.None);
        Assert.Null(material.Key);
        Assert.True(key.Matches(material.Chain.Leaf));
        Assert.Equal(
            Base64Url.Encode(signingRequest.Der.Span),
            (string?)Ca.Requests.Single(r => r.Resource == AcmeResource.Finalize).Payload!["csr"]);
    }
}
