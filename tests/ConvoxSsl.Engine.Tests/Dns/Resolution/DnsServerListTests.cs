using ConvoxSsl.Engine.Dns.Resolution;

namespace ConvoxSsl.Engine.Tests.Dns.Resolution;

public sealed class DnsServerListTests
{
    [Theory]
    [InlineData("192.0.2.53", "192.0.2.53", 53)]
    [InlineData("192.0.2.53:5353", "192.0.2.53", 5353)]
    [InlineData("2001:db8::53", "2001:db8::53", 53)]
    [InlineData("[2001:db8::53]", "2001:db8::53", 53)]
    [InlineData("[2001:db8::53]:5353", "2001:db8::53", 5353)]
    [InlineData("dns.example.com", "dns.example.com", 53)]
    [InlineData("dns.example.com:8053", "dns.example.com", 8053)]
    [InlineData("localhost:8053", "localhost", 8053)]
    [InlineData("dns.bücher.example:8053", "dns.xn--bcher-kva.example", 8053)]
    public void One_server_is_parsed(string text, string host, int port)
    {
        Assert.Equal([new DnsServer(host, port)], DnsServerList.Parse(text));
    }

    [Fact]
    public void Several_servers_are_parsed_in_order_without_duplicates()
    {
        var servers = DnsServerList.Parse(" 192.0.2.1 , [2001:db8::1]:54,,192.0.2.1, dns.example.com ");

        Assert.Equal(["192.0.2.1", "[2001:db8::1]:54", "dns.example.com"], servers.Select(s => s.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" , ")]
    [InlineData("192.0.2")]
    [InlineData("192.0.2.256")]
    [InlineData("192.0.2.53:0")]
    [InlineData("192.0.2.53:65536")]
    [InlineData("192.0.2.53:")]
    [InlineData("192.0.2.53:dns")]
    [InlineData(":53")]
    [InlineData("[192.0.2.53]:53")]
    [InlineData("[2001:db8::53")]
    [InlineData("[2001:db8::53]53")]
    [InlineData("2001:db8::zz")]
    [InlineData("dns..example.com")]
    [InlineData("-dns.example.com")]
    [InlineData("dns example.com")]
    [InlineData("https://dns.example.com/dns-query")]
    public void An_invalid_server_is_reported(string text)
    {
        var error = Assert.Throws<InvalidInputException>(() => DnsServerList.Parse(text));

        Assert.Equal("InvalidDnsServer", error.Code);
        Assert.Contains($"'{text}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_invalid_server_of_a_list_is_reported()
    {
        var error = Assert.Throws<InvalidInputException>(() => DnsServerList.Parse("192.0.2.1,192.0.2.1:x"));

        Assert.Equal("192.0.2.1:x", error.Value);
    }
}
