using System.Net;
using System.Text;
using System.Text.Json;

namespace ConvoxSsl.Engine.Tests;

/// <summary>Redaction of secrets in the texts of servers.</summary>
public sealed class RedactionTests
{
    private const string Secret = "s3cret+of/the \"thirty\" characters";

    [Theory]
    [InlineData("proxy 'http://me:pass@proxy.example:3128/' failed", "proxy 'http://***@proxy.example:3128/' failed")]
    [InlineData("proxy 'http://me:pa ss@word@proxy.example/' failed", "proxy 'http://***@proxy.example/' failed")]
    [InlineData("at socks5://me:p%40ss@[::1]:1080 and HTTP://me@h", "at socks5://***@[::1]:1080 and HTTP://***@h")]
    [InlineData("https://h/@me?a=b@c is run by you@example.org", "https://h/@me?a=b@c is run by you@example.org")]
    public void RedactUserInfo_hides_the_user_and_password_of_URLs(string text, string shown) =>
        Assert.Equal(shown, Redaction.RedactUserInfo(text));

    [Theory]
    [InlineData("as it is")]
    [InlineData("JSON")]
    [InlineData("URL")]
    [InlineData("form")]
    [InlineData("base64")]
    [InlineData("base64 of user and password")]
    [InlineData("hex")]
    public void Redacts_each_encoding_of_a_secret_and_keeps_the_rest(string form)
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
        var text = Redaction.Redact($"refused: {repeated} for example.org", [string.Empty, "another secret", Secret]);

        Assert.Matches(@"^refused: .{0,4}\*\*\*.{0,4} for example\.org$", text);
    }

    [Fact]
    public void Redacts_the_longer_of_two_overlapping_secrets() =>
        Assert.Equal("*** and ***", Redaction.Redact("secret-key and secret", ["secret", "secret-key"]));

    [Fact]
    public void Encodings_of_a_short_secret_are_not_redacted() =>
        Assert.Equal("YWI= and ***", Redaction.Redact("YWI= and ab", ["ab"]));
}
