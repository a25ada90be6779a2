using System.Text;
using ConvoxSsl.Engine.Issuance.Webhooks;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Tests.Issuance.Webhooks;

public sealed class WebhookSignatureTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [Fact]
    public void The_signature_matches_the_reference_implementations() => Assert.Equal(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        WebhookSignature.Compute(
            WebhookSecret.Parse(Secret),
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            DateTimeOffset.FromUnixTimeSeconds(1614265330),
            Encoding.UTF8.GetBytes("{\"test\": 2432232314}")));

    [Fact]
    public void Parse_keeps_the_secret_and_ToString_hides_it()
    {
        Assert.Equal(Secret, WebhookSecret.Parse(Secret).Value);
        Assert.Equal("***", WebhookSecret.Parse(Secret).ToString());
    }

    [Fact]
    public void Generate_returns_unique_secrets_of_256_bits()
    {
        var secrets = Enumerable.Range(0, 20).Select(_ => WebhookSecret.Generate().Value).ToList();
        Assert.Equal(20, secrets.Distinct().Count());
        Assert.All(secrets, s => Assert.Equal(32, Convert.FromBase64String(s["whsec_".Length..]).Length));
        Assert.All(secrets, s => Assert.Equal(s, WebhookSecret.Parse(s).Value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("whsec_")]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS")]
    [InlineData("whsec_a secret of our own, and a long one")]
    [InlineData("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void Parse_InvalidSecret_ThrowsWithoutSecretInMessage(string text)
    {
        var error = Assert.Throws<InvalidInputException>(() => WebhookSecret.Parse(text));
        Assert.Equal(("InvalidWebhookSecret", null), (error.Code, error.Value));
        Assert.True(text.Length < 10 || !error.Message.Contains(text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https://hooks.example/a?b=c")]
    [InlineData("https://hooks.example:8443")]
    [InlineData(" https://münchen.example/x ")]
    [InlineData("http://localhost:8080/x")]
    [InlineData("http://127.0.0.1/x")]
    [InlineData("http://[::1]:1/")]
    public void Parse_HttpsOrLoopbackUrl_IsAllowed(string url) => Assert.True(WebhookUrl.IsAllowed(WebhookUrl.Parse(url)));

    [Theory]
    [InlineData("", "complete one")]
    [InlineData("hooks.example/t0ken", "complete one")]
    [InlineData("/t0ken", "complete one")]
    [InlineData("ftp://hooks.example/t0ken", "complete one")]
    [InlineData("file:///t0ken", "complete one")]
    [InlineData("https://", "complete one")]
    [InlineData("http://hooks.example/t0ken", "hooks.example is another machine")]
    [InlineData("https://user:t0ken@hooks.example/", "user name or password")]
    public void Parse_InvalidUrl_ThrowsWithoutUrlInMessage(string url, string why)
    {
        var error = Assert.Throws<InvalidInputException>(() => WebhookUrl.Parse(url));
        Assert.Equal(("InvalidWebhookUrl", null), (error.Code, error.Value));
        Assert.Contains(why, $"{error.Message} {error.Remedy?.Text}", StringComparison.Ordinal);
        Assert.DoesNotContain("t0ken", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_shows_only_the_origin_of_the_URL()
    {
        var webhook = new WebhookRecord
        {
            Url = new Uri("https://user:pass@hooks.example:8443/t0ken?t0ken#t0ken"),
            Events = [],
            Created = DateTimeOffset.UnixEpoch,
        };
        Assert.Equal("https://hooks.example:8443", webhook.ToString());
    }
}
