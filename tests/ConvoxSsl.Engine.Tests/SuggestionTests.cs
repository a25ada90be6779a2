namespace ConvoxSsl.Engine.Tests;

public sealed class SuggestionTests
{
    private static readonly string[] s_values = ["letsencrypt", "letsencrypt-staging", "zerossl", "google", "dns"];

    [Theory]
    [InlineData("letsencript", "letsencrypt")]
    [InlineData("LETSENCRPYT", "letsencrypt")]
    [InlineData("letsencrypt-stagin", "letsencrypt-staging")]
    [InlineData("zero", "zerossl")]
    [InlineData("staging", "letsencrypt-staging")]
    [InlineData("gogole", "google")]
    [InlineData("dnd", "dns")]
    [InlineData("buypass", null)]
    [InlineData("xyz", null)]
    [InlineData("le", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Find_MisspelledOrPartialText_ReturnsTheNearestValue(string? text, string? expected) =>
        Assert.Equal(expected, Suggestion.Find(text, s_values));

    [Fact]
    public void Find_LongText_ReturnsNull() => Assert.Null(Suggestion.Find(new string('a', 10_000), [new string('a', 10_001)]));

    [Fact]
    public void Prepend_NoSimilarValue_ReturnsTheAdvice()
    {
        Assert.Equal("Did you mean 'google'? Give one.", Suggestion.Prepend("googl", s_values, "Give one."));
        Assert.Equal("Give one.", Suggestion.Prepend("other", s_values, "Give one."));
        Assert.Null(Suggestion.Ask("other", []));
    }
}
