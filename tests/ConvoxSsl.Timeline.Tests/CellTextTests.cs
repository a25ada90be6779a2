using System.Text;

namespace ConvoxSsl.Timeline.Tests;

/// <summary>Measuring and sanitizing text in terminal cells.</summary>
public sealed class CellTextTests
{
    [Theory]
    [InlineData("example.org", 11)]
    [InlineData("e\u0301", 1)]
    [InlineData("日本", 4)]
    [InlineData("한글.kr", 7)]
    [InlineData("דוגמה", 5)]
    [InlineData("👍", 2)]
    [InlineData("", 0)]
    public void GetWidth_counts_cells(string text, int cells) => Assert.Equal(cells, CellText.GetWidth(text));

    [Theory]
    [InlineData("example.org", 11, "example.org")]
    [InlineData("example.org", 13, "example.org  ")]
    [InlineData("example.org", 8, "example…")]
    [InlineData("日本語", 6, "日本語")]
    [InlineData("日本語", 5, "日本…")]
    [InlineData("日本語", 4, "日… ")]
    [InlineData("ae\u0301bc", 3, "ae\u0301…")]
    public void Fit_pads_or_truncates_between_characters(string text, int cells, string fitted) =>
        Assert.Equal(fitted, CellText.Fit(text, cells, "…"));

    [Theory]
    [InlineData("a\u001b[31mb\r\n", "a?[31mb??")]
    [InlineData("a\u202eb\u2066c\u200d", "a?b?c?")]
    public void Sanitize_replaces_controls_and_direction_marks(string text, string safe) =>
        Assert.Equal(safe, CellText.Sanitize(text, '?', ascii: false));

    [Fact]
    public void Sanitize_replaces_unpaired_surrogates() =>
        Assert.Equal("?x", CellText.Sanitize("\ud800x", '?', ascii: false));

    [Fact]
    public void FromEncoding_without_line_characters_returns_ascii()
    {
        Assert.Same(TimelineGlyphs.Unicode, TimelineGlyphs.FromEncoding(Encoding.UTF8));
        Assert.Same(TimelineGlyphs.Unicode, TimelineGlyphs.FromEncoding(Encoding.Unicode));
        Assert.Same(TimelineGlyphs.Ascii, TimelineGlyphs.FromEncoding(Encoding.ASCII));
        Assert.Same(TimelineGlyphs.Ascii, TimelineGlyphs.FromEncoding(Encoding.Latin1));
    }
}
