using System.Net;
using System.Net.Sockets;
using System.Text;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Engine.Tests.Challenges;

public sealed class Http01ListenerTests : IAsyncLifetime
{
    private static readonly KeyAuthorization First = new("http-01", "one.example.org", "token-1", "token-1.thumbprint");
    private static readonly KeyAuthorization Second = new("http-01", "two.example.org", "token-2", "token-2.thumbprint");

    private readonly int _port = FreePort.Next();
    private readonly ChallengeSolvers _solvers = new();
    private readonly HttpClient _http = new();

    private IChallengeSolver Solver => _solvers.For(CertificateName.Parse("one.example.org"), new ChallengeSettings { HttpPort = _port });

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _solvers.DisposeAsync();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]")]
    public async Task A_published_token_is_served_over_IPv4_and_IPv6(string host)
    {
        await Solver.PresentAsync([First], default);
        using var response = await _http.GetAsync(new Uri($"http://{host}:{_port}/.well-known/acme-challenge/token-1"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("token-1.thumbprint", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/.well-known/acme-challenge/")]
    [InlineData("GET", "/.well-known/acme-challenge/token-2")]
    [InlineData("GET", "/.well-known/acme-challenge/token-1/")]
    [InlineData("GET", "/.well-known/acme-challenge/../acme-challenge/token-1")]
    [InlineData("GET", "/.well-known/acme-challenge/token-1?x=1")]
    [InlineData("HEAD", "/.well-known/acme-challenge/token-1")]
    [InlineData("POST", "/.well-known/acme-challenge/token-1")]
    [InlineData("GET", "/.WELL-KNOWN/acme-challenge/token-1")]
    public async Task Other_requests_get_404(string method, string path)
    {
        await Solver.PresentAsync([First], default);
        Assert.StartsWith(
            "HTTP/1.1 404 ", await SendAsync($"{method} {path} HTTP/1.1\r\nHost: one.example.org\r\n\r\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\r\n\r\n")]
    [InlineData("rubbish\r\n\r\n")]
    [InlineData("GET\r\n\r\n")]
    [InlineData("GET  HTTP/1.1\r\n\r\n")]
    public async Task Malformed_requests_do_not_stop_the_listener(string request)
    {
        await Solver.PresentAsync([First], default);
        Assert.StartsWith("HTTP/1.1 404 ", await SendAsync(request), StringComparison.Ordinal);
        Assert.StartsWith(
            "HTTP/1.1 200 ", await SendAsync("GET /.well-known/acme-challenge/token-1 HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endless_request_is_closed()
    {
        await Solver.PresentAsync([First], default);
        Assert.StartsWith("HTTP/1.1 404 ", await SendAsync("GET /" + new string('a', 8 * 1024)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fragmented_request_is_served()
    {
        await Solver.PresentAsync([First], default);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _port);
        foreach (var piece in new[] { "GET /.well-known/acme-", "challenge/token-1 HTTP/1.1\r", "\nHost: one.example.org\r\n\r", "\n" })
        {
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(piece));
            await Task.Delay(20);
        }

        using var reader = new StreamReader(client.GetStream());
        Assert.EndsWith("token-1.thumbprint", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_listener_stops_with_the_last_order()
    {
        await Solver.PresentAsync([First], default);
        await Solver.PresentAsync([Second], default);
        await Solver.CleanUpAsync([First], default);
        Assert.StartsWith(
            "HTTP/1.1 404 ", await SendAsync("GET /.well-known/acme-challenge/token-1 HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith(
            "HTTP/1.1 200 ", await SendAsync("GET /.well-known/acme-challenge/token-2 HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);

        await Solver.CleanUpAsync([Second], default);
        await Solver.CleanUpAsync([Second], default);
        await Assert.ThrowsAsync<SocketException>(() => SendAsync("GET / HTTP/1.1\r\n\r\n"));
    }

    [Fact]
    public async Task A_port_in_use_is_reported_with_a_remedy()
    {
        using var other = new TcpListener(IPAddress.IPv6Any, _port);
        other.Server.DualMode = true;
        other.Start();
        var failure = await Assert.ThrowsAsync<EngineException>(() => Solver.PresentAsync([First], default));

        Assert.Equal("PortInUse", failure.Code);
        Assert.Contains($"{_port}", failure.Message, StringComparison.Ordinal);
        Assert.Equal(failure.Code, failure.Remedy?.Key);
    }

    [Fact]
    public async Task Instances_of_the_module_take_turns_at_a_port()
    {
        await using var others = new ChallengeSolvers();
        var other = others.For(CertificateName.Parse("two.example.org"), new ChallengeSettings { HttpPort = _port });
        await other.PresentAsync([Second], default);
        var presenting = Solver.PresentAsync([First], default);
        Assert.StartsWith(
            "HTTP/1.1 200 ", await SendAsync("GET /.well-known/acme-challenge/token-2 HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
        Assert.False(presenting.IsCompleted);
        Assert.Equal($"port {_port}, which another command of this module uses", Solver.WaitsFor);

        await other.CleanUpAsync([Second], default);
        await presenting;
        Assert.Null(Solver.WaitsFor);
        Assert.StartsWith(
            "HTTP/1.1 200 ", await SendAsync("GET /.well-known/acme-challenge/token-1 HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_for_another_instance_can_be_canceled()
    {
        await using var others = new ChallengeSolvers();
        await others.For(CertificateName.Parse("two.example.org"), new ChallengeSettings { HttpPort = _port })
            .PresentAsync([Second], default);
        using var stop = new CancellationTokenSource();
        var presenting = Solver.PresentAsync([First], stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => presenting);
    }

    [Fact]
    public async Task Idle_connections_do_not_block_the_listener()
    {
        await Solver.PresentAsync([First], default);
        var idle = new List<TcpClient>();
        for (var i = 0; i < 600; i++)
        {
            var client = new TcpClient();
            idle.Add(client);
            await client.ConnectAsync(IPAddress.Loopback, _port);
        }

        Assert.StartsWith(
            "HTTP/1.1 200 ", await SendAsync("GET /.well-known/acme-challenge/token-1 HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
        idle.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task The_listener_can_bind_to_one_address()
    {
        var solver =
            _solvers.For(CertificateName.Parse("one.example.org"), new ChallengeSettings { HttpPort = _port, HttpAddress = "127.0.0.1" });
        await solver.PresentAsync([First], default);
        Assert.Equal(
            "token-1.thumbprint", await _http.GetStringAsync(new Uri($"http://127.0.0.1:{_port}/.well-known/acme-challenge/token-1")));
        await Assert.ThrowsAsync<HttpRequestException>(() => _http.GetAsync(new Uri($"http://[::1]:{_port}/")));
    }

    private async Task<string> SendAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadToEndAsync();
    }
}
