using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Engine.Tests.Challenges;

public sealed class TlsAlpn01ListenerTests : IAsyncLifetime
{
    private static readonly KeyAuthorization Response = new("tls-alpn-01", "one.example.org", "token", "token.thumbprint");

    private readonly int _port = FreePort.Next();
    private readonly ChallengeSolvers _solvers = new();

    private IChallengeSolver Solver => _solvers.For(
        CertificateName.Parse("one.example.org"), new ChallengeSettings { Type = ChallengeTypes.TlsAlpn01, TlsPort = _port });

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _solvers.DisposeAsync();

    [Fact]
    public async Task The_validation_certificate_conforms_to_RFC_8737()
    {
        await Solver.PresentAsync([Response], default);
        using var certificate = await ConnectAsync("one.example.org", "acme-tls/1");

        var extension = certificate.Extensions.Single(e => e.Oid!.Value == "1.3.6.1.5.5.7.1.31");
        Assert.True(extension.Critical);
        Assert.Equal([0x04, 0x20, .. SHA256.HashData(Encoding.ASCII.GetBytes("token.thumbprint"))], extension.RawData);
        Assert.Equal(
            ["one.example.org"], certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateDnsNames());
    }

    [Theory]
    [InlineData("xn--bcher-kva.example.org")]
    [InlineData("xn--strae-oqa.example.org")]
    [InlineData("xn--fiqs8s.example.org")]
    public async Task A_client_sends_an_internationalized_name_in_A_labels(string name)
    {
        await Solver.PresentAsync([Response with { Name = name }], default);
        using var certificate = await ConnectAsync(name, "acme-tls/1");

        Assert.Equal([name], certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateDnsNames());
        Assert.True(await Solver.WaitUntilVisitedAsync([Response with { Name = name }], default));
    }

    [Theory]
    [InlineData("other.example.org", "acme-tls/1")]
    [InlineData("one.example.org", "h2")]
    public async Task Other_TLS_connections_are_rejected(string name, string protocol)
    {
        await Solver.PresentAsync([Response], default);
        var error = await Record.ExceptionAsync(() => ConnectAsync(name, protocol));
        Assert.True(error is AuthenticationException or IOException, error?.ToString() ?? "It was not refused.");

        using var certificate = await ConnectAsync("one.example.org", "acme-tls/1");
    }

    [Theory]
    [InlineData("192.0.2.1", "1.2.0.192.in-addr.arpa")]
    [InlineData("2001:db8::1", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa")]
    [InlineData("one.example.org", "one.example.org")]
    public void An_IP_address_uses_its_reverse_name(string name, string asked) => Assert.Equal(asked, TlsAlpn01Listener.ToServerName(name));

    private async Task<X509Certificate2> ConnectAsync(string name, string protocol)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _port);
        await using var tls = new SslStream(client.GetStream(), false, (_, certificate, _, _) => certificate is not null);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = name, ApplicationProtocols = [new SslApplicationProtocol(protocol)] },
            default);
        Assert.Equal(protocol, tls.NegotiatedApplicationProtocol.ToString());
        return new X509Certificate2(tls.RemoteCertificate!);
    }
}
