namespace ConvoxSsl.Engine.Tests;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("0", "0 seconds")]
    [InlineData("00:00:01", "1 second")]
    [InlineData("00:00:00.3", "0.3 seconds")]
    [InlineData("00:01:00", "1 minute")]
    [InlineData("00:01:30.5", "1 minute 30 seconds")]
    [InlineData("00:10:00", "10 minutes")]
    [InlineData("01:30:00", "1 hour 30 minutes")]
    [InlineData("1.00:00:00", "1 day")]
    [InlineData("40.02:00:03", "40 days 2 hours 3 seconds")]
    [InlineData("-00:15:00", "-15 minutes")]
    public void Format_shows_the_units_in_words(string span, string expected) =>
        Assert.Equal(expected, DurationText.Format(TimeSpan.Parse(span, null)));

    [Fact]
    public void Format_SmallestValue_DoesNotOverflow() => Assert.StartsWith(
        "-10675199 days", DurationText.Format(TimeSpan.MinValue), StringComparison.Ordinal);
}
