using ConvoxSsl.Engine.Acme;

namespace ConvoxSsl.Engine.Tests.Acme;

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
    public void Retry_after_is_read_as_seconds_and_as_a_date(string value, int seconds) =>
        Assert.Equal(Now.AddSeconds(seconds), RetryAfterHeader.Read(value, Now));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("soon")]
    [InlineData("1.5")]
    public void What_is_no_retry_after_is_ignored(string? value) => Assert.Null(RetryAfterHeader.Read(value, Now));

    [Theory]
    [InlineData("<https://ca/a>;rel=\"alternate\"", "https://ca/a")]
    [InlineData("<https://ca/d>;rel=\"index\", <https://ca/a>; rel=alternate, </b>;rel=\"alternate up\"", "https://ca/a https://ca/b")]
    [InlineData("<https://ca/d>;rel=\"index\"", "")]
    [InlineData("<https://ca/d", "")]
    [InlineData("rubbish", "")]
    public void Links_are_read_split_or_folded(string value, string expected) =>
        Assert.Equal(expected, string.Join(' ', LinkHeader.Targets([value], new Uri("https://ca/cert/1"), "alternate")));
}
