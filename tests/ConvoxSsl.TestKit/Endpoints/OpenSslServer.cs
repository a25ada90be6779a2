using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.TestKit.Pebble;

namespace ConvoxSsl.TestKit.Endpoints;

/// <summary>The TLS server of OpenSSL, for handshakes that .NET does not make.</summary>
public sealed class OpenSslServer : IAsyncDisposable
{
    /// <summary>The program.</summary>
    public const string Program = "openssl";

    private readonly TemporaryDirectory _home = new();
    private readonly int _port = FreePort.Next();
    private LoggedProcess? _process;

    private OpenSslServer()
    {
    }

    /// <summary>The address as <c>host:port</c>.</summary>
    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}");

    /// <summary>Starts a server.</summary>
    /// <param name="leaf">The certificate with its key.</param>
    /// <param name="issuers">The issuers to send.</param>
    /// <param name="arguments">The other arguments of <c>openssl s_server</c>.</param>
    public static async Task<OpenSslServer> StartAsync(
        X509Certificate2 leaf, IReadOnlyList<X509Certificate2> issuers, params IReadOnlyList<string> arguments)
    {
        var server = new OpenSslServer();
        var (certificate, key, chain) = (server._home["cert.pem"], server._home["key.pem"], server._home["chain.pem"]);
        await File.WriteAllTextAsync(certificate, leaf.ExportCertificatePem());
        await File.WriteAllTextAsync(key, leaf.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        await File.WriteAllTextAsync(chain, string.Join('\n', issuers.Select(issuer => issuer.ExportCertificatePem())));
        server._process = LoggedProcess.Start(new ProcessStartInfo(
            InstalledProgram.Find(Program)!,
            [
                "s_server", "-quiet", "-accept", server.Endpoint, "-cert", certificate, "-key", key, "-cert_chain", chain, .. arguments,
            ]));
        try
        {
            using var limit = new CancellationTokenSource(TestTime.Hang);
            await server.WaitAsync(limit.Token);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _process!.DisposeAsync();
        _home.Dispose();
    }

    private async Task WaitAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, _port, ct);
                return;
            }
            catch (SocketException) when (!_process!.HasExited)
            {
                await Task.Delay(20, ct);
            }
        }
    }
}
