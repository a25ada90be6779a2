using System.Text.Json.Nodes;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>Responses that say nothing about an order, such as a proxy's: one error, and the order is resumed.</summary>
public sealed class ForeignResponseTests : IssuanceTest
{
    private const string Name = "one.example.org";

    [Theory]
    [InlineData("")]
    [InlineData("<html>not a certificate</html>")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")]
    public async Task The_next_run_repeats_an_invalid_download(string body)
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Certificate).Respond(CaResponse.Text(body, "application/pem-certificate-chain")));
        await AssertIssueFailsAsync("malformedAnswer", Name);

        await AssertResumedAsync(Name);
        Assert.Single(Ca.IssuedCertificates);
    }

    [Theory]
    [InlineData(302)]
    [InlineData(307)]
    public async Task A_redirect_is_not_followed_and_the_order_is_resumed(int status)
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Order).Respond(CaResponse.Redirect(status, "http://127.0.0.1/login")));
        await AssertIssueFailsAsync("about:blank", Name);

        Assert.Equal(1, Ca.Count(AcmeResource.Order));
        await AssertResumedAsync(Name);
    }

    [Theory]
    [InlineData("../../etc/cron.d/evil")]
    [InlineData("a b")]
    [InlineData("")]
    public async Task A_token_that_is_not_base64url_is_not_used_as_a_file_name(string token)
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Authorization).Change(r => r.Edit(a => a["challenges"]![0]!["token"] = token)));
        await AssertIssueFailsAsync("malformedAnswer", Name);

        Assert.Equal(0, Ca.Count(AcmeResource.Challenge));
        await AssertResumedAsync(Name);
    }

    [Fact]
    public async Task Authorizations_over_http_are_rejected()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Change(r => r.Edit(o =>
            o["authorizations"] = new JsonArray(
                ((string)o["authorizations"]![0]!).Replace("https://", "http://", StringComparison.Ordinal)))));
        var error = await AssertIssueFailsAsync("malformedAnswer", Name);

        Assert.Contains("not an https URL", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, Ca.Count(AcmeResource.Authorization));
        await AssertResumedAsync(Name);
    }

    [Fact]
    public async Task An_order_without_a_location_is_one_error_and_the_next_run_reuses_the_key()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Change(r => r.Without("Location")));
        var error = await AssertIssueFailsAsync("malformedAnswer", Name);
        Assert.Contains("Location", error.Message, StringComparison.Ordinal);

        var key = await ReadJournaledKeyAsync(Name);
        await IssueWhenAllowedAsync(Name);
        Assert.Equal(key, Assert.Single(Ca.IssuedCertificates).Certificate.PublicKey.ExportSubjectPublicKeyInfo());
    }
}
