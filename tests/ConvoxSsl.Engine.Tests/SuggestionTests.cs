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

    [Theory]
    [InlineData("www.exmaple.org", "www.example.org")]
    [InlineData("wwww.example.org", "www.example.org")]
    [InlineData("wwwexample.org", "www.example.org")]
    [InlineData("sloo.exmaple.ogr", "solo.example.org")]
    [InlineData("example.org", "www.example.org")]
    [InlineData("nope.example.org", null)]
    [InlineData("b.example.org", null)]
    [InlineData("mail.example.org", null)]
    [InlineData("www.example.com", null)]
    public void Find_HostName_ComparesEachLabel(string text, string? expected) =>
        Assert.Equal(expected, Suggestion.Find(text, ["www.example.org", "solo.example.org", "a.example.org"]));

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
