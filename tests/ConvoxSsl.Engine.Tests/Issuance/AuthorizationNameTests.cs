using ConvoxSsl.Engine.Acme;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>Identifiers of orders and authorizations that differ from those of the request, but have one meaning only.</summary>
public sealed class AuthorizationNameTests : IssuanceTest
{
    [Theory]
    [InlineData("app.example.org", "example.org")]
    [InlineData("app.example.org", "App.Example.Org")]
    [InlineData("app.example.org", "app.example.org.")]
    [InlineData("a.b.example.org", "example.org")]
    public async Task The_CA_may_validate_a_parent_domain_or_write_the_name_differently(string name, string validated)
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Authorization).Change(r => r.Edit(a => a["identifier"]!["value"] = validated)));
        var entry = await IssueAsync(name);

        Assert.Equal([name], entry.Record.Domains);
        Assert.Equal(1, Ca.Count(AcmeResource.Challenge));
        Assert.Empty(Directory.GetFileSystemEntries(WebRoot));
    }

    [Theory]
    [InlineData("app.example.org", "other.example.org")]
    [InlineData("app.example.org", "pp.example.org")]
    [InlineData("127.0.0.1", "0.0.1")]
    public async Task An_authorization_for_another_name_is_rejected(string name, string other)
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Authorization).Change(r => r.Edit(a => a["identifier"]!["value"] = other)));
        await AssertIssueFailsAsync("orderMismatch", name);

        Assert.Equal(0, Ca.Count(AcmeResource.Challenge));
    }

    [Fact]
    public async Task An_unknown_status_of_an_authorization_is_one_error_at_once()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Authorization).Change(r => r.Edit(a => a["status"] = "weird")));
        var error = await AssertIssueFailsAsync("malformedAnswer", "app.example.org");

        Assert.Contains("'weird'", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, Ca.Count(AcmeResource.Challenge));
    }

    [Theory]
    [InlineData("dns", "WWW.example.org.", "dns", "www.example.org", true)]
    [InlineData("IP", "2001:DB8:0:0::1", "ip", "2001:db8::1", true)]
    [InlineData("dns", "www.example.org", "dns", "www.example.net", false)]
    [InlineData("dns", "127.0.0.1", "ip", "127.0.0.1", false)]
    public void Canonical_identifiers_are_equal_if_they_mean_the_same(
        string type, string value, string otherType, string otherValue, bool isSame) => Assert.Equal(
        isSame, new AcmeIdentifier(type, value).Canonical == new AcmeIdentifier(otherType, otherValue).Canonical);
}
