using System.Security.Cryptography;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>Faults of a CA that concern accounts.</summary>
public sealed class AccountFaultTests : IssuanceTest
{
    private const string Name = "one.example.org";
    private const string KeyId = "customer-1";
    private static readonly string MacKey = Convert.ToBase64String(
        RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    [Fact]
    public async Task A_forgotten_account_is_created_again_with_the_same_key()
    {
        await StartAsync();
        await CreateAccountAsync();
        var before = Ca.Accounts[0];
        Ca.ForgetAccounts();
        await IssueAsync(Name);

        var after = Assert.Single(Ca.Accounts);
        Assert.Equal(before.Thumbprint, after.Thumbprint);
        Assert.NotEqual(before.Url, after.Url);
        Assert.Equal(before.Contact, after.Contact);
        Assert.Equal(after.Url, (await Rack.Accounts.FindAsync(Ca.DirectoryUrl, CancellationToken.None))!.Url!.AbsoluteUri);
        Assert.Single(Events.Warnings);
    }

    [Fact]
    public async Task An_account_forgotten_twice_is_one_error()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Always().Problem(400, "accountDoesNotExist"));
        await AssertIssueFailsAsync("accountDoesNotExist", Name);

        Assert.Equal(2, Ca.Count(AcmeResource.NewOrder));
        Assert.Equal("AcmeProblem.accountDoesNotExist", (await FindJournalAsync(Name))!.Failure!.Code);
        Ca.Faults.Clear();
        await IssueWhenAllowedAsync(Name);
    }

    [Fact]
    public async Task New_terms_are_agreed_to_if_the_user_has_accepted_them()
    {
        await StartAsync();
        await CreateAccountAsync();
        Ca.ChangeTerms("https://ca.example/terms/2");
        await IssueAsync(Name);

        Assert.Equal("https://ca.example/terms/2", Assert.Single(Ca.Accounts).AgreedTerms);
        Assert.Single(Ca.Requests, r => r.Resource == AcmeResource.Account && r.Payload is not null);
        Assert.Equal(2, Ca.Count(AcmeResource.NewOrder));
    }

    [Fact]
    public async Task Unaccepted_new_terms_are_one_error_with_their_URL()
    {
        await StartAsync();
        await CreateAccountAsync();
        Ca.ChangeTerms("https://ca.example/terms/2");
        using var engine = NewEngine();
        var request = Request(Name);
        var error = await Assert.ThrowsAsync<AcmeException>(() =>
            engine.IssueAsync(request with { Account = request.Account with { AcceptTermsOfService = false } }, CancellationToken.None));

        Assert.Equal("userActionRequired", error.Problem.ShortType);
        Assert.Contains("https://ca.example/terms/2", error.Remedy?.Text, StringComparison.Ordinal);
        Assert.Equal("https://ca.example/terms/1", Assert.Single(Ca.Accounts).AgreedTerms);
        Assert.Equal("AcmeProblem.userActionRequired", (await FindJournalAsync(Name))!.Failure!.Code);
        await IssueWhenAllowedAsync(Name);
    }

    [Fact]
    public async Task Without_accepted_terms_only_the_directory_is_read_and_the_error_names_the_terms()
    {
        using var engine = await StartAsync();
        var request = Request(Name);
        var error = await Assert.ThrowsAsync<InvalidInputException>(() =>
            engine.IssueAsync(request with { Account = request.Account with { AcceptTermsOfService = false } }, CancellationToken.None));

        Assert.Equal("TermsOfServiceNotAccepted", error.Code);
        Assert.Contains("terms of service (https://ca.example/terms/1).", error.Message, StringComparison.Ordinal);
        Assert.Equal(AcmeResource.Directory, Assert.Single(Ca.Requests).Resource);
    }

    [Fact]
    public async Task An_external_account_is_required_and_bound()
    {
        using var engine = await StartAsync(WithExternalAccounts());
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => engine.IssueAsync(Request(Name), CancellationToken.None));
        Assert.Equal("ExternalAccountRequired", error.Code);
        Assert.Equal(0, Ca.Count(AcmeResource.NewAccount));

        await engine.IssueAsync(Bound(MacKey), CancellationToken.None);
        Assert.Equal(KeyId, Assert.Single(Ca.Accounts).ExternalKeyId);
    }

    [Fact]
    public async Task A_wrong_MAC_key_is_one_error_and_can_be_corrected()
    {
        using var engine = await StartAsync(WithExternalAccounts());
        var error = await Assert.ThrowsAsync<AcmeException>(() => engine.IssueAsync(Bound("AAAA" + MacKey[4..]), CancellationToken.None));
        Assert.Equal("unauthorized", error.Problem.ShortType);

        await engine.IssueAsync(Bound(MacKey), CancellationToken.None);
        Assert.Single(Ca.Accounts);
        Assert.Single(
            Ca.Requests.Where(r => r.Resource == AcmeResource.NewAccount).Select(r => r.Protected!["jwk"]!.ToJsonString()).Distinct());
    }

    [Fact]
    public async Task An_account_without_a_location_is_one_error()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewAccount).Change(r => r.Without("Location")));
        await AssertIssueFailsAsync("malformedAnswer", Name);

        await IssueAsync(Name);
        Assert.Single(Ca.Accounts);
    }

    [Fact]
    public async Task A_key_change_applies_at_the_CA_and_on_the_rack()
    {
        using var engine = await StartAsync();
        await CreateAccountAsync();
        var before = Ca.Accounts[0].Thumbprint;
        await engine.Accounts.ChangeKeyAsync(Ca.DirectoryUrl, KeyAlgorithm.EcdsaP384, CancellationToken.None);

        Assert.NotEqual(before, Ca.Accounts[0].Thumbprint);
        await AssertSameKeyAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public async Task A_key_change_with_a_lost_response_is_completed_on_the_rack(int times)
    {
        using var engine = await StartAsync();
        await CreateAccountAsync();
        var before = Ca.Accounts[0].Thumbprint;
        Ca.Faults.Add(AcmeFault.On(AcmeResource.KeyChange).Times(times).LoseResponse());
        await engine.Accounts.ChangeKeyAsync(Ca.DirectoryUrl, KeyAlgorithm.EcdsaP256, CancellationToken.None);

        Assert.NotEqual(before, Ca.Accounts[0].Thumbprint);
        await AssertSameKeyAsync();
    }

    [Fact]
    public async Task A_key_change_that_does_not_arrive_keeps_the_old_key()
    {
        using var engine = await StartAsync();
        await CreateAccountAsync();
        var before = Ca.Accounts[0].Thumbprint;
        Ca.Faults.Add(AcmeFault.On(AcmeResource.KeyChange).Always().Reset());
        await Assert.ThrowsAsync<AcmeException>(
            () => engine.Accounts.ChangeKeyAsync(Ca.DirectoryUrl, KeyAlgorithm.EcdsaP256, CancellationToken.None));

        Assert.Equal(before, Ca.Accounts[0].Thumbprint);
        await AssertSameKeyAsync();
    }

    [Fact]
    public async Task A_rejected_key_change_keeps_the_old_key()
    {
        using var engine = await StartAsync();
        await CreateAccountAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.KeyChange).Problem(400, "badPublicKey"));
        var error = await Assert.ThrowsAsync<AcmeException>(
            () => engine.Accounts.ChangeKeyAsync(Ca.DirectoryUrl, KeyAlgorithm.EcdsaP256, CancellationToken.None));

        Assert.Equal("badPublicKey", error.Problem.ShortType);
        await AssertSameKeyAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_next_run_resolves_a_killed_key_change(bool arrived)
    {
        await StartAsync();
        await CreateAccountAsync();
        var fault = AcmeFault.On(AcmeResource.KeyChange).Always();
        Ca.Faults.Add(arrived ? fault.LoseResponse() : fault.Reset());

        // The client then queries the CA for the current key; that fails too.
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewAccount).Always().Reset());
        using (var engine = NewEngine())
        {
            await Assert.ThrowsAsync<AcmeException>(
                () => engine.Accounts.ChangeKeyAsync(Ca.DirectoryUrl, KeyAlgorithm.EcdsaP256, CancellationToken.None));
        }

        Ca.Faults.Clear();
        await AssertSameKeyAsync();
    }

    [Fact]
    public async Task Contacts_are_replaced_and_an_account_is_deactivated()
    {
        using var engine = await StartAsync();
        await CreateAccountAsync();
        await engine.Accounts.UpdateAsync(Ca.DirectoryUrl, ["other@example.org"], CancellationToken.None);
        Assert.Equal(["mailto:other@example.org"], Ca.Accounts[0].Contact);

        await engine.Accounts.RemoveAsync(Ca.DirectoryUrl, keepAtCa: false, CancellationToken.None);
        Assert.Equal("deactivated", Ca.Accounts[0].Status);
        Assert.Null(await Rack.Accounts.FindAsync(Ca.DirectoryUrl, CancellationToken.None));
    }

    [Theory]
    [InlineData("lost")]
    [InlineData("ended")]
    [InlineData("forgotten")]
    public async Task A_deactivated_account_can_be_removed(string why)
    {
        using var engine = await StartAsync();
        await CreateAccountAsync();
        switch (why)
        {
            case "lost":
                Ca.Faults.Add(AcmeFault.On(AcmeResource.Account).LoseResponse());
                break;
            case "ended":
                var session = await engine.Accounts.OpenExistingAsync(Ca.DirectoryUrl, CancellationToken.None);
                await session.DeactivateAsync(CancellationToken.None);
                break;
            default:
                Ca.ForgetAccounts();
                break;
        }

        await engine.Accounts.RemoveAsync(Ca.DirectoryUrl, keepAtCa: false, CancellationToken.None);

        Assert.DoesNotContain(Ca.Accounts, a => a.Status == "valid");
        Assert.Null(await Rack.Accounts.FindAsync(Ca.DirectoryUrl, CancellationToken.None));
    }

    [Fact]
    public async Task The_root_of_a_private_CA_is_stored_with_the_account()
    {
        await StartAsync();
        await CreateAccountAsync();
        using var engine = NewEngine();
        await engine.IssueAsync(Request(Name) with { Account = new AccountRequest() }, CancellationToken.None);

        Assert.Single(Ca.IssuedCertificates);
    }

    [Fact]
    public async Task Eight_concurrent_orders_create_one_account_and_read_one_directory()
    {
        using var engine = await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => engine.IssueAsync(Request($"host{i}.example.org"), CancellationToken.None)));

        Assert.Equal(1, Ca.Count(AcmeResource.Directory));
        Assert.Equal(1, Ca.Count(AcmeResource.NewAccount));
        Assert.Equal(8, Ca.IssuedCertificates.Count);
    }

    [Fact]
    public async Task Eight_concurrent_reads_without_an_account_read_one_directory()
    {
        using var engine = await StartAsync();
        var root = File.ReadAllText(Ca.RootFile);
        var terms = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => engine.Accounts.ReadTermsAsync(Ca.DirectoryUrl, root, CancellationToken.None)));

        Assert.Equal(["https://ca.example/terms/1"], terms.Distinct());
        Assert.Equal(1, Ca.Count(AcmeResource.Directory));
    }

    private static AcmeTestServerOptions WithExternalAccounts() => new()
    {
        AcceptsAllChallenges = true,
        ExternalAccountRequired = true,
        ExternalAccounts = new Dictionary<string, string> { [KeyId] = MacKey },
    };

    private IssueRequest Bound(string macKey)
    {
        var request = Request(Name);
        return request with { Account = request.Account with { ExternalAccount = new ExternalAccount(KeyId, macKey) } };
    }

    /// <summary>Asserts that the next run signs with the CA's key, and that no second key is left.</summary>
    private async Task AssertSameKeyAsync()
    {
        await IssueAsync(Name);
        using var key = await Rack.Accounts.ReadKeyAsync(Ca.DirectoryUrl, CancellationToken.None);
        Assert.Equal(Assert.Single(Ca.Accounts).Thumbprint, Jwk.ComputeThumbprint(key));
        Assert.Null(await Rack.Accounts.ReadNextKeyAsync(Ca.DirectoryUrl, CancellationToken.None));
    }
}
