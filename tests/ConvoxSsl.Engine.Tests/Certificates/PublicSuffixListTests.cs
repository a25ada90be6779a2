using System.Globalization;
using System.Text.RegularExpressions;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Tests.Certificates;

public sealed partial class PublicSuffixListTests
{
    private static readonly PublicSuffixList List = PublicSuffixList.Load();

    public static TheoryData<string, string?> PublishedVectors()
    {
        using var reader = new StreamReader(typeof(PublicSuffixListTests).Assembly.GetManifestResourceStream("test_psl.txt")!);
        var data = new TheoryData<string, string?>();
        while (reader.ReadLine() is { } line)
        {
            // Names with an empty label are rejected before they are looked up in the list.
            if (Vector().Match(line) is { Success: true } vector && !vector.Groups[1].Value.StartsWith('.'))
            {
                data.Add(vector.Groups[1].Value, vector.Groups[2].Success ? vector.Groups[2].Value : null);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(PublishedVectors))]
    public void The_published_test_vectors_pass(string name, string? registered) =>
        Assert.Equal(registered is null ? null : Ascii(registered), List.RegisteredDomainOf(Ascii(name)));

    [Fact]
    public void All_published_test_vectors_are_read() => Assert.True(PublishedVectors().Count > 70);

    [Theory]
    [InlineData("www.example.co.uk", "example.co.uk")]
    [InlineData("a.b.example.github.io", "example.github.io")]
    [InlineData("github.io", null)]
    [InlineData("www.ck", "www.ck")]
    [InlineData("x.www.ck", "www.ck")]
    [InlineData("a.b.other.ck", "b.other.ck")]
    [InlineData("host.internal", "host.internal")]
    [InlineData("localhost", null)]
    public void ICANN_and_private_rules_apply(string name, string? registered) =>
        Assert.Equal(registered, List.RegisteredDomainOf(name));

    [Fact]
    public void The_list_has_a_date() => Assert.True(List.Date >= new DateOnly(2026, 10, 7));

    [Fact]
    public void The_longest_rule_applies_unless_an_exception_matches()
    {
        var list = PublicSuffixList.Parse(new StringReader("""
            // VERSION: 2026-01-02_03-04-05_UTC
            // comment
            x
            *.x	and what follows white space
            !a.x
            b.a.x

            straße.y
            """));

        Assert.Equal(new DateOnly(2026, 1, 2), list.Date);
        Assert.Equal("x", list.SuffixOf("a.x"));
        Assert.Equal("x", list.SuffixOf("c.b.a.x"));
        Assert.Equal("c.x", list.SuffixOf("d.c.x"));
        Assert.Equal("y", list.SuffixOf("z.y"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("// VERSION: ")]
    [InlineData("// VERSION: soon")]
    public void A_list_without_a_version_has_no_date(string text) =>
        Assert.Equal(default, PublicSuffixList.Parse(new StringReader(text)).Date);

    private static string Ascii(string name) => new IdnMapping().GetAscii(name).ToLowerInvariant();

    [GeneratedRegex(@"^checkPublicSuffix\('([^']+)', (?:'([^']+)'|null)\);")]
    private static partial Regex Vector();
}
