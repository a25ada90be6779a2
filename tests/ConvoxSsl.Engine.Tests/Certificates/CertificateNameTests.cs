using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Tests.Certificates;

public sealed class CertificateNameTests
{
    [Theory]
    [InlineData("example.org", "example.org")]
    [InlineData("EXAMPLE.org.", "example.org")]
    [InlineData("*.Example.org", "*.example.org")]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("XN--BCHER-KVA.example", "xn--bcher-kva.example")]
    [InlineData("localhost", "localhost")]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("2001:DB8::0:1", "2001:db8::1")]
    public void Parse_returns_the_canonical_form(string text, string expected) =>
        Assert.Equal(expected, CertificateName.Parse(text).Value);

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("a..b")]
    [InlineData(".example.org")]
    [InlineData("example.org..")]
    [InlineData("*")]
    [InlineData("*.")]
    [InlineData("*.*.example.org")]
    [InlineData("foo.*.example.org")]
    [InlineData("foo*.example.org")]
    [InlineData("example.org ")]
    [InlineData("example.org\n")]
    [InlineData("https://example.org")]
    [InlineData("example.org/path")]
    [InlineData("example.org:443")]
    [InlineData("-a.example.org")]
    [InlineData("a_b.example.org")]
    [InlineData("1.2.3")]
    [InlineData("fe80::1%eth0")]
    [InlineData("[::1]")]
    public void Parse_InvalidName_ThrowsWithTheValue(string? text)
    {
        var error = Assert.Throws<InvalidInputException>(() => CertificateName.Parse(text));
        Assert.Equal("InvalidDomain", error.Code);
        Assert.Contains($"'{DisplayText.OneLine(text)}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_has_at_most_63_characters()
    {
        Assert.NotNull(CertificateName.Parse(new string('a', 63) + ".example.org"));
        var error = Assert.Throws<InvalidInputException>(() => CertificateName.Parse(new string('a', 64) + ".example.org"));
        Assert.Contains("63", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_has_at_most_253_characters()
    {
        var label = new string('a', 49) + ".";
        var name = string.Concat(Enumerable.Repeat(label, 5)) + "abc";
        Assert.Equal(253, CertificateName.Parse(name).Value.Length);
        Assert.Throws<InvalidInputException>(() => CertificateName.Parse(name + "d"));
    }

    [Fact]
    public void Duplicate_names_are_removed_and_reported()
    {
        var names = CertificateNameSet.Parse(["bücher.example", "a.example", "XN--BCHER-KVA.example."]);
        Assert.Equal(["xn--bcher-kva.example", "a.example"], names.Select(n => n.Value));
        Assert.Equal(["XN--BCHER-KVA.example."], names.Duplicates);
    }

    [Fact]
    public void A_set_has_at_most_a_hundred_names()
    {
        var hundred = Enumerable.Range(0, 100).Select(i => $"n{i}.example.org").ToList();
        Assert.Equal(100, CertificateNameSet.Parse(hundred).Count);
        var error = Assert.Throws<InvalidInputException>(() => CertificateNameSet.Parse([.. hundred, "n100.example.org"]));
        Assert.Equal("TooManyDomains", error.Code);
    }

    // The id that `convox certs generate "*.example.org" "myapp.example.org"` prints: sha1sum of the joined names.
    [Fact]
    public void The_id_of_a_generated_certificate_matches_Convox() =>
        Assert.Equal(
            "cert-90fd4591e0e41b125eb735f282d87bbed2c4e32b",
            CertificateNameSet.Parse(["*.example.org", "myapp.example.org"]).ToCertificateId());
}
