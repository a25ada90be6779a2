using ConvoxSsl.Engine.Publishing.Endpoints;

namespace ConvoxSsl.Engine.Tests.Publishing.Endpoints;

public sealed class EndpointAddressTests
{
    [Theory]
    [InlineData("www.example.org", "www.example.org", 443, "www.example.org:443")]
    [InlineData("WWW.Example.ORG.:8443", "www.example.org", 8443, "www.example.org:8443")]
    [InlineData("münchen.example.org", "xn--mnchen-3ya.example.org", 443, "xn--mnchen-3ya.example.org:443")]
    [InlineData("db_1.internal:5432", "db_1.internal", 5432, "db_1.internal:5432")]
    [InlineData("localhost", "localhost", 443, "localhost:443")]
    [InlineData("192.0.2.1:25", "192.0.2.1", 25, "192.0.2.1:25")]
    [InlineData("2001:DB8::1", "2001:db8::1", 443, "[2001:db8::1]:443")]
    [InlineData("[2001:db8:0::1]", "2001:db8::1", 443, "[2001:db8::1]:443")]
    [InlineData("[::1]:8443", "::1", 8443, "[::1]:8443")]
    public void Parse_ValidText_ReturnsHostAndPort(string text, string host, int port, string formatted)
    {
        var address = EndpointAddress.Parse(text, 443);

        Assert.Equal((host, port, formatted), (address.Host, address.Port, address.ToString()));
    }

    [Theory]
    [InlineData("", "InvalidEndpoint", "it is empty")]
    [InlineData("https://www.example.org/", "InvalidEndpoint", "it is a URL or a path")]
    [InlineData("www.example.org/path", "InvalidEndpoint", "it is a URL or a path")]
    [InlineData("www.example.org:", "InvalidEndpoint", "'' is not a port")]
    [InlineData("www.example.org:https", "InvalidEndpoint", "'https' is not a port")]
    [InlineData("www.example.org:-1", "InvalidEndpoint", "'-1' is not a port")]
    [InlineData("www.example.org:0", "InvalidPort", "from 1 to 65535")]
    [InlineData("www.example.org:65536", "InvalidPort", "from 1 to 65535")]
    [InlineData(":443", "InvalidEndpoint", "it is empty")]
    [InlineData("a..example.org", "InvalidEndpoint", "empty label")]
    [InlineData("www example.org", "InvalidEndpoint", "white space")]
    [InlineData("*.example.org", "InvalidEndpoint", "a wildcard is not the name of a host")]
    [InlineData("[www.example.org]:443", "InvalidEndpoint", "only an IPv6 address is written in brackets")]
    [InlineData("[::1", "InvalidEndpoint", "")]
    [InlineData("1.2.3", "InvalidEndpoint", "last label is numeric")]
    public void Parse_InvalidText_Throws(string text, string code, string reason)
    {
        var error = Assert.Throws<InvalidInputException>(() => EndpointAddress.Parse(text, 443));

        Assert.Equal(code, error.Code);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Remedy?.Text);
    }

    [Fact]
    public void GetDefaultPort_EveryProtocol_IsTheRegisteredOne() => Assert.Equal(
        [25, 143, 110, 389, 5432, 3306, 21, 5222, 3389],
        Enum.GetValues<StartTls>().Select(protocol => EndpointAddress.GetDefaultPort(protocol)));
}
