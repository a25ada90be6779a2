using ConvoxSsl.Engine.Dns.Caa;

namespace ConvoxSsl.Engine.Tests.Dns.Caa;

public sealed class CaaPolicyTests
{
    private const string Account = "https://ca.example/acct/1";

    [Fact]
    public void Without_records_every_CA_is_allowed()
    {
        Assert.Equal(new CaaVerdict(true), CaaPolicy.Evaluate(CaaRecordSet.None, Request()));
    }

    [Fact]
    public void After_a_lookup_error_no_CA_is_allowed()
    {
        var verdict = CaaPolicy.Evaluate(new CaaRecordSet("example.com", [], "the server failed (SERVFAIL)"), Request());

        Assert.False(verdict.IsAllowed);
        Assert.Contains("'example.com'", verdict.Reason, StringComparison.Ordinal);
        Assert.Contains("SERVFAIL", verdict.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ca.example", true)]
    [InlineData("CA.Example", true)]
    [InlineData(" ca.example ", true)]
    [InlineData("ca.example;", true)]
    [InlineData("ca.example; policy=ev", true)]
    [InlineData("ca.example ; a=1 ; b=2", true)]
    [InlineData("ca.example;a=", true)]
    [InlineData("second.example", true)]
    [InlineData("other.example", false)]
    [InlineData("sub.ca.example", false)]
    [InlineData(";", false)]
    [InlineData("", false)]
    [InlineData("%%%%%", false)]
    [InlineData("ca.example; %%%%%", false)]
    [InlineData("ca.example; =1", false)]
    [InlineData("ca.example; a=b c", false)]
    [InlineData("ca.example.", false)]
    public void An_issue_value_allows_only_the_named_CA(string value, bool allowed)
    {
        Assert.Equal(allowed, Evaluate(Request(), new CaaRecord(0, "issue", value)).IsAllowed);
    }

    [Fact]
    public void One_record_that_allows_it_is_enough()
    {
        Assert.True(Evaluate(Request(), new(0, "issue", ";"), new(0, "issue", "other.example"), new(0, "ISSUE", "ca.example")).IsAllowed);
    }

    [Fact]
    public void Records_without_issuance_properties_allow_every_CA()
    {
        Assert.True(
            Evaluate(Request(), new(0, "iodef", "mailto:a@example.com"), new(0, "unheard", "of"), new(0, "issuewild", ";")).IsAllowed);
    }

    [Theory]
    [InlineData("ca.example", "other.example", true)]
    [InlineData("ca.example", ";", true)]
    [InlineData("other.example", "ca.example", false)]
    public void A_wildcard_uses_issuewild_if_present(string wild, string issue, bool allowed)
    {
        CaaRecord[] records = [new(0, "issue", issue), new(0, "issuewild", wild)];

        Assert.Equal(allowed, Evaluate(Request() with { IsWildcard = true }, records).IsAllowed);
        Assert.Equal(!allowed, Evaluate(Request(), records).IsAllowed);
    }

    [Fact]
    public void A_wildcard_uses_issue_without_issuewild()
    {
        Assert.True(Evaluate(Request() with { IsWildcard = true }, new CaaRecord(0, "issue", "ca.example")).IsAllowed);
        Assert.False(Evaluate(Request() with { IsWildcard = true }, new CaaRecord(0, "issue", "other.example")).IsAllowed);
    }

    [Theory]
    [InlineData(128, "unheard", false)]
    [InlineData(129, "unheard", false)]
    [InlineData(0, "unheard", true)]
    [InlineData(1, "unheard", true)]
    [InlineData(128, "iodef", true)]
    [InlineData(128, "IssueMail", true)]
    public void An_unknown_critical_property_forbids_issuance(byte flags, string tag, bool allowed)
    {
        Assert.Equal(allowed, Evaluate(Request(), new(0, "issue", "ca.example"), new(flags, tag, "x")).IsAllowed);
    }

    [Theory]
    [InlineData("ca.example; accounturi=https://ca.example/acct/1", true)]
    [InlineData("ca.example; AccountUri=https://ca.example/acct/1", true)]
    [InlineData("ca.example; accounturi=https://ca.example/acct/2", false)]
    [InlineData("ca.example; accounturi=https://CA.example/acct/1", false)]
    [InlineData("ca.example; accounturi=https://ca.example/acct/1; accounturi=https://ca.example/acct/1", false)]
    public void Accounturi_allows_only_the_named_account(string value, bool allowed)
    {
        Assert.Equal(allowed, Evaluate(Request(), new CaaRecord(0, "issue", value)).IsAllowed);
    }

    [Fact]
    public void Accounturi_forbids_a_missing_account()
    {
        var verdict = Evaluate(Request() with { AccountUrl = null }, new CaaRecord(0, "issue", $"ca.example; accounturi={Account}"));

        Assert.False(verdict.IsAllowed);
        Assert.Contains("an existing account", verdict.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dns-01", true)]
    [InlineData("http-01,dns-01", true)]
    [InlineData("http-01", false)]
    [InlineData("DNS-01", false)]
    [InlineData("", false)]
    public void Validationmethods_allows_only_the_listed_methods(string methods, bool allowed)
    {
        Assert.Equal(allowed, Evaluate(Request(), new CaaRecord(0, "issue", $"ca.example; validationmethods={methods}")).IsAllowed);
    }

    [Fact]
    public void Each_record_is_evaluated_separately()
    {
        var verdict = Evaluate(
            Request(),
            new(0, "issue", "ca.example; validationmethods=http-01"),
            new(0, "issue", $"ca.example; accounturi={Account}/other"));

        Assert.False(verdict.IsAllowed);
        Assert.Contains("does not allow dns-01", verdict.Reason, StringComparison.Ordinal);
        Assert.Contains($"is not for the account {Account}", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_denial_contains_the_record_to_add()
    {
        var verdict = Evaluate(Request() with { IsWildcard = true }, new CaaRecord(0, "issuewild", ";"));

        Assert.Contains("example.com CAA 0 issuewild \"ca.example\"", verdict.Remedy?.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_critical_property_is_to_be_removed()
    {
        Assert.Equal("Remove it.", Evaluate(Request(), new CaaRecord(128, "unheard", "x")).Remedy?.Text);
    }

    [Fact]
    public void A_CA_without_identities_is_allowed_only_without_records()
    {
        var verdict = Evaluate(Request() with { Identities = [] }, new CaaRecord(0, "issue", "ca.example"));

        Assert.False(verdict.IsAllowed);
        Assert.EndsWith("The CA does not publish its name for CAA records.", verdict.Reason, StringComparison.Ordinal);
        Assert.Null(verdict.Remedy);
        Assert.True(CaaPolicy.Evaluate(CaaRecordSet.None, Request() with { Identities = [] }).IsAllowed);
    }

    private static CaaRequest Request() => new(["ca.example", "second.example"], "dns-01", Account, IsWildcard: false);

    private static CaaVerdict Evaluate(CaaRequest request, params CaaRecord[] records) =>
        CaaPolicy.Evaluate(new CaaRecordSet("example.com", records, null), request);
}
