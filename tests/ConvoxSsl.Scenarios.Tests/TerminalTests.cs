namespace ConvoxSsl.Scenarios.Tests;

/// <summary>The terminal that shows the output of PowerShell.</summary>
public sealed class TerminalTests
{
    private const int Columns = 8;
    private const int Height = 3;

    private readonly TerminalScreen _screen = new(Columns, Height);
    private readonly TerminalParser _parser;
    private readonly List<string> _replies = [];
    private int _marks;

    public TerminalTests() => _parser = new TerminalParser(_screen, _replies.Add, () => _marks++);

    [Theory]
    [InlineData("one\r\ntwo", new[] { "one", "two" })]
    [InlineData("12345678", new[] { "12345678" })]
    [InlineData("12345678\r\nnext", new[] { "12345678", "next" })]
    [InlineData("123456789", new[] { "123456789" })]
    [InlineData("abc\rX", new[] { "Xbc" })]
    [InlineData("abc\b\bX", new[] { "aXc" })]
    [InlineData("a\tb", new[] { "a      b" })]
    [InlineData("\e[31mred\e[0m", new[] { "red" })]
    [InlineData("abcdef\e[3GX", new[] { "abXdef" })]
    [InlineData("abcdef\e[3G\e[K", new[] { "ab" })]
    [InlineData("abcdef\e[3G\e[1K", new[] { "   def" })]
    [InlineData("one\r\ntwo\e[1;2H\e[J", new[] { "o", "" })]
    [InlineData("one\r\ntwo\e[A\e[2DX", new[] { "oXe", "two" })]
    [InlineData("abcdef\e[2G\e[2P", new[] { "adef" })]
    [InlineData("abcdef\e[2G\e[2@", new[] { "a  bcdef" })]
    [InlineData("abcdef\e[2G\e[2X", new[] { "a  def" })]
    [InlineData("\e]0;a title\atext\e]0;a title\e\\", new[] { "text" })]
    [InlineData("1\r\n2\r\n3\r\n4\e[1;1HX", new[] { "1", "X", "3", "4" })]
    public void Output_is_shown(string output, string[] lines)
    {
        _parser.Read(output);
        Assert.Equal(lines, _screen.ReadLines(0, int.MaxValue));
    }

    [Fact]
    public void The_position_of_the_cursor_is_reported_within_the_screen()
    {
        _parser.Read("1\r\n2\r\n3\r\n4th\e[6n");
        Assert.Equal(["\e[3;4R"], _replies);
    }

    [Fact]
    public void A_prompt_is_found_by_its_mark()
    {
        _parser.Read("\e]133;A\aPS> ");
        Assert.Equal((1, "PS> "), (_marks, _screen.TextBeforeCursor));
    }

    [Fact]
    public void An_unknown_sequence_is_an_error() => Assert.Throws<NotSupportedException>(() => _parser.Read("\e[5S"));
}
