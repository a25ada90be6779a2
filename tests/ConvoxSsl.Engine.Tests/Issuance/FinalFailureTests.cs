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
    public async Task A_challenge_that_fails_is_named_with_its_subproblems_and_the_other_name_is_given_up()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).FailValidation(new CaProblem
        {
            Status = 403,
            Type = "unauthorized",
            Detail = "seen from two places",
            Subproblems = [new CaProblem { Type = "connection", Detail = "seen from Oslo", Identifier = new CaIdentifier("dns", One) }],
        }));
        var refused = await RefusedAsync("unauthorized", One, Two);

        Assert.Contains($"{One}: seen from two places", refused.Message, StringComparison.Ordinal);
        Assert.Contains("seen from Oslo", refused.Message, StringComparison.Ordinal);
        Assert.Contains("no proxy or CDN responds in its place", refused.Remedy.Text, StringComparison.Ordinal);
        await AssertGivenUpAsync();
    }

    [Fact]
    public async Task A_name_whose_proof_was_not_looked_at_any_more_is_deactivated()
    {
        await StartAsync(
            new AcmeTestServerOptions { AcceptsAllChallenges = true, Challenges = name => name == Two ? ["dns-01"] : ["http-01"] });
        var failed = await Assert.ThrowsAsync<EngineException>(() => IssueAsync(One, Two));

        Assert.Equal("ChallengeNotOffered", failed.Code);
        Assert.Contains(Two, failed.Message, StringComparison.Ordinal);
        Assert.Equal(["deactivated", "deactivated"], Ca.Authorizations.Select(a => a.Status));
        await AssertGivenUpAsync();
    }

    [Fact]
    public async Task A_lost_answer_while_giving_up_leaves_no_other_authorization_pending()
    {
        await StartAsync(
            new AcmeTestServerOptions { AcceptsAllChallenges = true, Challenges = name => name == Two ? ["dns-01"] : ["http-01"] });
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Authorization).When(r => r.Payload is not null).ResetAfterwards());
        await Assert.ThrowsAsync<EngineException>(() => IssueAsync(One, Two));

        Assert.Equal(0, Ca.Faults.Outstanding);
        await AssertGivenUpAsync();
    }

    [Fact]
    public async Task An_order_for_other_names_is_rejected()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Change(r => r.Edit(o => o["identifiers"]![0]!["value"] = "evil.example.org")));
        var refused = await RefusedAsync("orderMismatch", One);

        Assert.Contains("evil.example.org", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, Ca.Count(AcmeResource.Challenge));
        await AssertGivenUpAsync();
    }

    [Fact]
    public async Task An_order_whose_names_change_is_rejected()
    {
        await StartAsync();
        Ca.Faults.Add(
            AcmeFault.On(AcmeResource.Order).Change(
                r => r.Edit(o => o["identifiers"]!.AsArray().Add(new CaIdentifier("dns", "evil.example.org").ToJson()))));
        await RefusedAsync("orderMismatch", One);

        Assert.Equal(0, Ca.Count(AcmeResource.Finalize));
        await AssertGivenUpAsync();
    }

    [Fact]
    public async Task An_authorization_for_another_name_is_rejected()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Authorization).Change(r => r.Edit(a => a["identifier"]!["value"] = "evil.example.org")));
        await RefusedAsync("orderMismatch", One);

        Assert.Equal(0, Ca.Count(AcmeResource.Challenge));
        await AssertGivenUpAsync();
    }

    [Fact]
    public async Task A_certificate_with_other_names_is_not_stored()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).Issue(c => c with { Names = [One, "evil.example.org"] }));
        var refused = await RefusedAsync("certificateMismatch", One);

        Assert.Contains("evil.example.org", refused.Message, StringComparison.Ordinal);
        await AssertGivenUpAsync();
    }

    [Fact]
    public async Task A_certificate_with_a_name_too_few_is_not_stored()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).Issue(c => c with { Names = [One] }));
        await RefusedAsync("certificateMismatch", One, Two);

        await AssertGivenUpAsync();
    }

    [Fact]
    public async Task A_certificate_for_another_key_is_not_stored()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).Issue(c => c.ForAnotherKey()));
        await RefusedAsync("certificateMismatch", One);

        await AssertGivenUpAsync();
    }

    [Theory]
    [InlineData("caa", "A CAA record forbids this CA")]
    [InlineData("badCSR", "Check key type and names")]
    [InlineData("rejectedIdentifier", "use another CA")]
    [InlineData("orderNotReady", "orderNotReady")]
    public async Task A_refusal_to_finalize_is_one_error_with_its_remedy(string type, string text)
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Finalize).Always().Problem(403, type));
        var refused = await RefusedAsync(type, One);

        Assert.Contains(text, $"{refused.Message} {refused.Remedy.Text}", StringComparison.Ordinal);
        await AssertGivenUpAsync();
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
        var refused = await RefusedAsync("caa", One);

        Assert.Contains("checked again", refused.Message, StringComparison.Ordinal);
        await AssertGivenUpAsync();
    }

    [Fact]
    public async Task A_refusal_of_the_order_itself_names_every_identifier()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Answer(AcmeReply.Problem(new CaProblem
        {
            Type = "malformed",
            Detail = "some names can't be",
            Subproblems =
            [
                new CaProblem { Type = "rejectedIdentifier", Detail = "on a list", Identifier = new CaIdentifier("dns", One) },
                new CaProblem { Type = "caa", Detail = "forbidden", Identifier = new CaIdentifier("dns", Two) },
            ],
        })));
        var refused = await RefusedAsync("malformed", One, Two);

        Assert.Equal([One, Two], refused.Problem.Subproblems!.Select(p => p.Identifier!.Value));
        Assert.Contains($"{One}: 'rejectedIdentifier': on a list", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"{Two}: 'caa': forbidden", refused.Message, StringComparison.Ordinal);
        await AssertGivenUpAsync();
    }

    [Fact]
    public async Task A_certificate_that_was_live_stays_when_its_renewal_fails()
    {
        await StartAsync();
        var before = await IssueAsync(One);
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Challenge).FailValidation("dns"));
        using var engine = NewEngine();
        var refused = await Assert.ThrowsAsync<AcmeException>(
            () => engine.IssueAsync(Request(One) with { Force = true }, CancellationToken.None));

        Assert.Equal("dns", refused.Problem.ShortType);
        var after = await Rack.Certificates.FindAsync(before.Record.Id, CancellationToken.None);
        Assert.Equal(before.Live.SerialNumber, after!.Live.SerialNumber);
        Assert.True(await JournalAsync(One) is { IsEnded: true, Published.Count: 0 });
    }

    [Fact]
    public async Task A_failure_to_give_up_hides_no_failure()
    {
        await StartAsync(new AcmeTestServerOptions { AcceptsAllChallenges = true, Challenges = _ => [ChallengeTypes.Dns01] });
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Authorization).After(1).Always().Problem(403, "unauthorized"));
        var failed = await Assert.ThrowsAsync<EngineException>(() => IssueAsync(One));

        Assert.Equal("ChallengeNotOffered", failed.Code);
        Assert.True(await JournalAsync(One) is { IsEnded: true, Published.Count: 0 });
    }
}
