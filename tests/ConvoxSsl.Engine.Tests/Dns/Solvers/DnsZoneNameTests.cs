using ConvoxSsl.Engine.Dns.Solvers;

namespace ConvoxSsl.Engine.Tests.Dns.Solvers;

public sealed class DnsZoneNameTests
{
    [Theory]
    [InlineData("_acme-challenge.example.org", "_acme-challenge.example.org")]
    [InlineData("_ACME-Challenge.Example.org.", "_acme-challenge.example.org")]
    [InlineData("a_b.example.org", "a_b.example.org")]
    [InlineData("-a-.example.org", "-a-.example.org")]
    [InlineData("_acme-challenge.bücher.example", "_acme-challenge.xn--bcher-kva.example")]
    public void A_zone_is_a_DNS_name(string text, string zone) => Assert.Equal([zone], DnsZoneName.ParseAll([text]));

    [Theory]
    [InlineData("exam ple.org", "white space")]
    [InlineData("example.org/zone", "URL or a path")]
    [InlineData("example!.org", "letters, digits, hyphens and underscores")]
    [InlineData("192.0.2", "last label is numeric")]
    [InlineData("*._acme-challenge.example.org", "wildcard")]
    public void Other_text_is_rejected_with_the_rule(string text, string rule)
    {
        var error = Assert.Throws<InvalidInputException>(() => DnsZoneName.ParseAll([text]));
        Assert.Equal("InvalidDnsZone", error.Code);
        Assert.Contains($"'{text}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(rule, error.Message, StringComparison.Ordinal);
    }
}
