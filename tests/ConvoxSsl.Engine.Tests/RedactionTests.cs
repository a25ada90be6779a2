using System.Net;
using System.Text;
using System.Text.Json;

namespace ConvoxSsl.Engine.Tests;

/// <summary>Secrets that others repeat are redacted.</summary>
public sealed class RedactionTests
{
    private const string Secret = "s3cret+of/the \"thirty\" characters";

    [Theory]
    [InlineData("as it is")]
    [InlineData("JSON")]
    [InlineData("URL")]
    [InlineData("form")]
    [InlineData("base64")]
    [InlineData("base64 of user and password")]
    [InlineData("hex")]
    public void Each_form_of_a_secret_is_struck_out_and_the_rest_stays(string form)
    {
        var bytes = Encoding.UTF8.GetBytes(Secret);
        var repeated = form switch
        {
            "JSON" => JsonSerializer.Serialize(Secret)[1..^1],
            "URL" => Uri.EscapeDataString(Secret),
            "form" => WebUtility.UrlEncode(Secret),
            "base64" => Convert.ToBase64String(bytes),
            "base64 of user and password" => Convert.ToBase64String([.. "me:"u8, .. bytes]),
            "hex" => Convert.ToHexString(bytes),
            _ => Secret,
        };
        var told = Redaction.Redact($"refused: {repeated} for example.org", [string.Empty, "another secret", Secret]);

        Assert.Matches(@"^refused: .{0,4}\*\*\*.{0,4} for example\.org$", told);
    }

    [Fact]
    public void The_longer_of_two_secrets_is_struck_out_whole() =>
        Assert.Equal("*** and ***", Redaction.Redact("secret-key and secret", ["secret", "secret-key"]));

    [Fact]
    public void A_short_secret_is_not_looked_for_in_encodings() =>
        Assert.Equal("YWI= and ***", Redaction.Redact("YWI= and ab", ["ab"]));
}
