using System.Text.Json.Nodes;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>Responses that say nothing about an order, such as a proxy's: one error, and the order is resumed.</summary>
public sealed class ForeignAnswerTests : IssuanceTest
{
    private const string Name = "one.example.org";

    [Theory]
    [InlineData("")]
    [InlineData("<html>not a certificate</html>")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")]
    public async Task A_download_that_is_no_certificate_leaves_the_certificate_to_the_next_run(string body)
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Certificate).Answer(AcmeReply.Text(body, "application/pem-certificate-chain")));
        await RefusedAsync("malformedAnswer", Name);

        await AssertResumedAsync(Name);
        Assert.Single(Ca.IssuedCertificates);
    }

    [Theory]
    [InlineData(302)]
    [InlineData(307)]
    public async Task A_redirection_to_a_portal_is_not_followed_and_leaves_the_order(int status)
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Order).Answer(AcmeReply.Redirect(status, "http://127.0.0.1/login")));
        await RefusedAsync("about:blank", Name);

        Assert.Equal(1, Ca.Count(AcmeResource.Order));
        await AssertResumedAsync(Name);
    }

    [Theory]
    [InlineData("../../etc/cron.d/evil")]
    [InlineData("a b")]
    [InlineData("")]
    public async Task A_token_that_is_not_base64url_never_becomes_a_file(string token)
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.Authorization).Change(r => r.Edit(a => a["challenges"]![0]!["token"] = token)));
        await RefusedAsync("malformedAnswer", Name);

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
        var refused = await RefusedAsync("malformedAnswer", Name);

        Assert.Contains("not an https URL", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, Ca.Count(AcmeResource.Authorization));
        await AssertResumedAsync(Name);
    }

    [Fact]
    public async Task An_order_without_a_location_is_one_error_and_the_next_run_reuses_the_key()
    {
        await StartAsync();
        Ca.Faults.Add(AcmeFault.On(AcmeResource.NewOrder).Change(r => r.Without("Location")));
        var refused = await RefusedAsync("malformedAnswer", Name);
        Assert.Contains("Location", refused.Message, StringComparison.Ordinal);

        var key = await JournaledKeyAsync(Name);
        await IssueWhenAllowedAsync(Name);
        Assert.Equal(key, Assert.Single(Ca.IssuedCertificates).Certificate.PublicKey.ExportSubjectPublicKeyInfo());
    }
}
