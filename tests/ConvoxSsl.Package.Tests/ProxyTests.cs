using System.Net;
using System.Net.Sockets;
using System.Text;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Package.Tests;

/// <summary>Requests through a proxy. .NET reads the proxy's address from the environment once per process.</summary>
public sealed class ProxyTests : IDisposable
{
    private const string Password = "pr0xy-s3cret";

    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task Errors_debug_output_and_renewal_results_do_not_show_the_password_of_a_proxy()
    {
        await using var ca = await AcmeTestServer.StartAsync(
            new AcmeTestServerOptions { AcceptsAllChallenges = true }, CancellationToken.None);
        Directory.CreateDirectory(Path.Combine(_session.Home, "www"));
        await _session.RunAsync(
            $"$null = New-ConvoxCertificate one.example.org -Issuer {ca.DirectoryUrl} -CaCertificate {ca.RootFile} -AcceptTermsOfService "
                + "-WebRoot ./www");

        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        var refusing = RefuseAsync(proxy);
        var lines = await _session.RunAsync($$"""
            $env:HTTPS_PROXY = 'http://robot:{{Password}}%20word@127.0.0.1:{{((IPEndPoint)proxy.LocalEndpoint).Port}}'
            Update-ConvoxCertificate -Force -Verbose -Debug -ErrorVariable failed *>&1 | ForEach-Object { "$_ $($_.Reason)" }
            foreach ($e in $failed) { "error $($e.Exception)" }
            New-ConvoxCertificate two.example.org -Issuer https://ca.example.org/directory -AcceptTermsOfService -Verbose -Debug `
                -ErrorVariable failed *>&1 | ForEach-Object { "$_" }
            foreach ($e in $failed) { "error $($e.Exception) $($e.ErrorDetails) $($e.ErrorDetails.RecommendedAction)" }
            Get-ConvoxCertificate | ForEach-Object { "$($_.StatusReason)" }
            """);
        proxy.Stop();
        await refusing;

        var text = string.Join('\n', lines);
        Assert.Contains("407", text, StringComparison.Ordinal);
        Assert.Contains("error ", text, StringComparison.Ordinal);
        Assert.Contains("http://***@127.0.0.1", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, text, StringComparison.Ordinal);
        Assert.DoesNotContain("robot", text, StringComparison.Ordinal);
    }

    private static async Task RefuseAsync(TcpListener listener)
    {
        while (true)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync();
                var stream = client.GetStream();
                var buffer = new byte[4096];
                _ = await stream.ReadAsync(buffer);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(
                    "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"office\"\r\nContent-Length: 0\r\n"
                        + "Connection: close\r\n\r\n"));
            }
            catch (IOException)
            {
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
