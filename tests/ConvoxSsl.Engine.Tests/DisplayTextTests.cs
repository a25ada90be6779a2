namespace ConvoxSsl.Engine.Tests;

public sealed class DisplayTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain words", "plain words")]
    [InlineData("red\u001b[31m\r\nnext\u0000\u009b2J\u007f", "red [31m  next  2J ")]
    [InlineData("left\u202eright\u2066 \u200f\u2028\ufeff", "left right     ")]
    [InlineData("an emoji \U0001f469\u200d\U0001f4bb and ümlauts", "an emoji \U0001f469\u200d\U0001f4bb and ümlauts")]
    public void OneLine_replaces_control_and_direction_characters(string text, string shown) =>
        Assert.Equal(shown, DisplayText.OneLine(text));

    [Fact]
    public void OneLine_Null_ReturnsNull() => Assert.Null(DisplayText.OneLine(null));

    [Theory]
    [InlineData("12345", 5, "12345")]
    [InlineData("123456", 5, "12345…")]
    [InlineData("1234\u001b6", 5, "1234 …")]
    [InlineData("1234\U0001f511", 5, "1234…")]
    [InlineData("1234\U0001f511", 6, "1234\U0001f511")]
    [InlineData("\U0001f511", 0, "…")]
    public void Shorten_truncates_between_characters_with_an_ellipsis(string text, int longest, string shown) =>
        Assert.Equal(shown, DisplayText.Shorten(text, longest));
}
