using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>Failures that end an order: one error that names them, and no leftovers.</summary>
public sealed class FinalFailureTests : IssuanceTest
{
    private const string One = "one.example.org";
    private const string Two = "two.example.org";

    [Fact]
    public async Task A_failed_challenge_is_reported_with_its_subproblems_and_the_order_is_abandoned()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).FailValidation(new CaProblem
        {
            Status = 403,
            Type = "unauthorized",
            Detail = "seen from two places",
            Subproblems = [new CaProblem { Type = "connection", Detail = "seen from Oslo", Identifier = new CaIdentifier("dns", One) }],
        }));
        var error = await AssertIssueFailsAsync("unauthorized", One, Two);

        Assert.Contains($"{One}: seen from two places", error.Message, StringComparison.Ordinal);
        Assert.Contains("seen from Oslo", error.Message, StringComparison.Ordinal);
        Assert.Contains("no proxy or CDN responds in its place", error.Remedy?.Text, StringComparison.Ordinal);
        await AssertAbandonedAsync();
    }

    [Fact]
    public async Task An_authorization_that_is_no_longer_needed_is_deactivated()
    {
        await StartAsync(
            new AcmeTestServerOptions { AcceptsAllChallenges = true, Challenges = name => name == Two ? ["dns-01"] : ["http-01"] });
        var error = await Assert.ThrowsAsync<EngineException>(() => IssueAsync(One, Two));

        Assert.Equal("ChallengeNotOffered", error.Code);
        Assert.Contains(Two, error.Message, StringComparison.Ordinal);
        Assert.Equal(["deactivated", "deactivated"], Ca.Authorizations.Select(a => a.Status));
        await AssertAbandonedAsync();
    }

    [Fact]
    public async Task A_lost_response_to_a_deactivation_leaves_no_other_authorization_pending()
    {
        await StartAsync(
            new AcmeTestServerOptions { AcceptsAllChallenges = true, Challenges = name => name == Two ? ["dns-01"] : ["http-01"] });
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Authorization).When(r => r.Payload is not null).LoseResponse());
        await Assert.ThrowsAsync<EngineException>(() => IssueAsync(One, Two));

        Assert.Equal(0, Ca.Faults.Outstanding);
        await AssertAbandonedAsync();
    }

    [Fact]
    public async Task An_order_for_other_names_is_rejected()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Change(r => r.Edit(o => o["identifiers"]![0]!["value"] = "evil.example.org")));
        var error = await AssertIssueFailsAsync("orderMismatch", One);

        Assert.Contains("evil.example.org", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, Ca.Count(AcmeResource.Challenge));
        await AssertAbandonedAsync();
    }

    [Fact]
    public async Task An_order_whose_names_change_is_rejected()
    {
        await StartAsync();
        Ca.Faults.Add(
            AcmeFault.On(AcmeResource.Order).Change(
                r => r.Edit(o => o["identifiers"]!.AsArray().Add(new CaIdentifier("dns", "evil.example.org").ToJson()))));
        await AssertIssueFailsAsync("orderMismatch", One);

        Assert.Equal(0, Ca.Count(AcmeResource.Finalize));
        await AssertAbandonedAsync();
    }

    [Fact]
    public async Task An_authorization_for_another_name_is_rejected()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Authorization).Change(r => r.Edit(a => a["identifier"]!["value"] = "evil.example.org")));
        await AssertIssueFailsAsync("orderMismatch", One);

        Assert.Equal(0, Ca.Count(AcmeResource.Challenge));
        await AssertAbandonedAsync();
    }

    [Theory]
    [InlineData("odd", "malformedAnswer", "the status 'odd'")]
    [InlineData("revoked", "orderInvalid", "is revoked")]
    [InlineData("deactivated", "orderInvalid", "is deactivated")]
    [InlineData("expired", "orderInvalid", "is expired")]
    [InlineData("invalid", "orderInvalid", "is invalid")]
    public async Task An_authorization_that_cannot_become_valid_fails_at_once(string status, string type, string expected)
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Authorization).Change(r => r.Edit(a => a["status"] = status)));
        var error = await AssertIssueFailsAsync(type, One);

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, Ca.Count(AcmeResource.Challenge));
        Assert.Equal(0, Ca.Count(AcmeResource.Order));
    }

    [Fact]
    public async Task A_certificate_with_other_names_is_not_stored()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).Issue(c => c with { Names = ["evil.example.org"] }));
        var error = await AssertIssueFailsAsync("certificateMismatch", One);

        Assert.Contains("evil.example.org", error.Message, StringComparison.Ordinal);
        await AssertAbandonedAsync();
    }

    [Fact]
    public async Task A_certificate_with_a_missing_name_is_not_stored()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).Issue(c => c with { Names = [One] }));
        await AssertIssueFailsAsync("certificateMismatch", One, Two);

        await AssertAbandonedAsync();
    }

    [Fact]
    public async Task A_certificate_for_another_key_is_not_stored()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).Issue(c => c.ForAnotherKey()));
        await AssertIssueFailsAsync("certificateMismatch", One);

        await AssertAbandonedAsync();
    }

    [Theory]
    [InlineData("caa", "A CAA record forbids this CA")]
    [InlineData("badCSR", "Check the key type and the names")]
    [InlineData("rejectedIdentifier", "use another CA")]
    [InlineData("orderNotReady", "orderNotReady")]
    public async Task A_rejected_finalization_is_one_error_with_its_remedy(string type, string text)
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).Always().Problem(403, type));
        var error = await AssertIssueFailsAsync(type, One);

        Assert.Contains(text, $"{error.Message} {error.Remedy?.Text}", StringComparison.Ordinal);
        await AssertAbandonedAsync();
    }

    [Fact]
    public async Task An_order_that_becomes_invalid_during_processing_is_one_error()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).KeepProcessing(3));
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Order).After(2).Change(r => r.Edit(o =>
        {
            o["status"] = "invalid";
            o["error"] = new CaProblem { Type = "caa", Detail = "checked again", Status = 403 }.ToJson();
        })));
        var error = await AssertIssueFailsAsync("caa", One);

        Assert.Contains("checked again", error.Message, StringComparison.Ordinal);
        await AssertAbandonedAsync();
    }

    [Fact]
    public async Task A_rejected_order_reports_every_identifier()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Respond(CaResponse.Problem(new CaProblem
        {
            Type = "malformed",
            Detail = "some names can't be",
            Subproblems =
            [
                new CaProblem { Type = "rejectedIdentifier", Detail = "on a list", Identifier = new CaIdentifier("dns", One) },
                new CaProblem { Type = "caa", Detail = "forbidden", Identifier = new CaIdentifier("dns", Two) },
            ],
        })));
        var error = await AssertIssueFailsAsync("malformed", One, Two);

        Assert.Equal([One, Two], error.Problem.Subproblems!.Select(p => p.Identifier!.Value));
        Assert.Contains($"{One}: on a list (rejectedIdentifier).", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{Two}: forbidden (caa).", error.Message, StringComparison.Ordinal);
        await AssertAbandonedAsync();
    }

    [Fact]
    public async Task A_failed_renewal_keeps_the_live_certificate()
    {
        await StartAsync();
        var before = await IssueAsync(One);
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).FailValidation("dns"));
        using var engine = NewEngine();
        var error = await Assert.ThrowsAsync<AcmeException>(
            () => engine.IssueAsync(Request(One) with { Force = true }, CancellationToken.None));

        Assert.Equal("dns", error.Problem.ShortType);
        var after = await Rack.Certificates.FindAsync(before.Record.Id, CancellationToken.None);
        Assert.Equal(before.Live.SerialNumber, after!.Live.SerialNumber);
        Assert.True(await FindJournalAsync(One) is { IsEnded: true, Published.Count: 0 });
    }

    [Fact]
    public async Task A_failed_deactivation_does_not_hide_the_original_error()
    {
        await StartAsync(new AcmeTestServerOptions { AcceptsAllChallenges = true, Challenges = _ => [ChallengeTypes.Dns01] });
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Authorization).After(1).Always().Problem(403, "unauthorized"));
        var error = await Assert.ThrowsAsync<EngineException>(() => IssueAsync(One));

        Assert.Equal("ChallengeNotOffered", error.Code);
        Assert.True(await FindJournalAsync(One) is { IsEnded: true, Published.Count: 0 });
    }
}
