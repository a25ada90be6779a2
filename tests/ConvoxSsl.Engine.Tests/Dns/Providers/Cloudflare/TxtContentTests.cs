using ConvoxSsl.Engine.Dns.Providers.Cloudflare;

namespace ConvoxSsl.Engine.Tests.Dns.Providers.Cloudflare;

public class TxtContentTests
{
    [Theory]
    [InlineData("value", "value")]
    [InlineData("\"value\"", "value")]
    [InlineData("\"one\" \"two\"", "onetwo")]
    [InlineData("\"one\"\"two\"", "onetwo")]
    [InlineData(" \"one\"\t\"two\" ", "onetwo")]
    [InlineData("\"a b\" \"c\"", "a bc")]
    [InlineData("\"say \\\"x\\\" \\\\\"", "say \"x\" \\")]
    [InlineData("\"\\097\\098c\"", "abc")]
    [InlineData("\"\"", "")]
    [InlineData("", "")]
    [InlineData("v=spf1 \"x\"", "v=spf1 \"x\"")]
    public void Content_is_unquoted(string content, string value) => Assert.Equal(value, TxtContent.Unquote(content));

    [Theory]
    [InlineData("value", "\"value\"")]
    [InlineData("", "\"\"")]
    [InlineData("a\"b\\", "\"a\\\"b\\\\\"")]
    public void A_value_is_quoted(string value, string content) => Assert.Equal(content, TxtContent.Quote(value));

    [Fact]
    public void A_long_value_is_split_and_round_trips()
    {
        var value = new string('a', 255) + new string('b', 255) + "c";

        var content = TxtContent.Quote(value);

        Assert.Equal($"\"{new string('a', 255)}\" \"{new string('b', 255)}\" \"c\"", content);
        Assert.Equal(value, TxtContent.Unquote(content));
    }
}
