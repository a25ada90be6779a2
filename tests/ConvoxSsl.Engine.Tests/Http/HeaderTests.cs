using ConvoxSsl.Engine.Http;

namespace ConvoxSsl.Engine.Tests.Http;

public sealed class HeaderTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("0", 0)]
    [InlineData("120", 120)]
    [InlineData(" 7 ", 7)]
    [InlineData("Mon, 23 Nov 2026 12:01:00 GMT", 60)]
    [InlineData("Mon, 23 Nov 2026 11:00:00 GMT", 0)]
    [InlineData("99999999999999", 366 * 86400)]
    [InlineData("Fri, 23 Nov 2096 11:00:00 GMT", 366 * 86400)]
    public void RetryAfter_SecondsOrDate_IsParsed(string value, int seconds) =>
        Assert.Equal(Now.AddSeconds(seconds), RetryAfterHeader.Parse(value, Now));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("soon")]
    [InlineData("1.5")]
    public void RetryAfter_NotValid_IsIgnored(string? value) => Assert.Null(RetryAfterHeader.Parse(value, Now));

    [Theory]
    [InlineData("<https://ca/a>;rel=\"alternate\"", "https://ca/a")]
    [InlineData("<https://ca/d>;rel=\"index\", <https://ca/a>; rel=alternate, </b>;rel=\"alternate up\"", "https://ca/a https://ca/b")]
    [InlineData("<https://ca/d>;rel=\"index\"", "")]
    [InlineData("<https://ca/d", "")]
    [InlineData("rubbish", "")]
    public void Link_OneOrSeveralPerHeader_IsParsed(string value, string expected) =>
        Assert.Equal(expected, string.Join(' ', LinkHeader.FindTargets([value], new Uri("https://ca/cert/1"), "alternate")));
}
