namespace ConvoxSsl.Engine.Tests;

public sealed class DisplayTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain words", "plain words")]
    [InlineData("red\u001b[31m\r\nnext\u0000\u009b2J\u007f", "red [31m  next  2J ")]
    public void Nothing_steers_a_terminal(string said, string shown) => Assert.Equal(shown, DisplayText.OneLine(said));

    [Fact]
    public void What_was_not_said_stays_so() => Assert.Null(DisplayText.OneLine(null));

    [Theory]
    [InlineData("12345", 5, "12345")]
    [InlineData("123456", 5, "12345…")]
    [InlineData("1234\u001b6", 5, "1234 …")]
    [InlineData("1234\U0001f511", 5, "1234…")]
    [InlineData("1234\U0001f511", 6, "1234\U0001f511")]
    [InlineData("\U0001f511", 0, "…")]
    public void No_more_is_shown_than_can_be_read(string said, int longest, string shown) =>
        Assert.Equal(shown, DisplayText.Shorten(said, longest));
}
