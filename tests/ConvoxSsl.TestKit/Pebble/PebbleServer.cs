using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace ConvoxSsl.TestKit.Pebble;

/// <summary>
/// Pebble, the ACME CA for tests, and its DNS server, as two processes on free ports. Every name resolves to 127.0.0.1,
/// unless another DNS server is configured. Disposal stops both and deletes their files.
/// </summary>
public sealed class PebbleServer : IAsyncDisposable
{
    private readonly DirectoryInfo _home;
    private readonly int _managementPort = FreePort.Next();
    private readonly int _dnsManagementPort = FreePort.Next();
    private readonly List<LoggedProcess> _processes = [];
    private PebbleFront? _front;

    private PebbleServer(DirectoryInfo home) => _home = home;

    /// <summary>The directory URL.</summary>
    public Uri DirectoryUrl { get; private set; } = null!;

    /// <summary>The PEM file of the root of its endpoint.</summary>
    public string RootFile => Path.Combine(_home.FullName, "endpoint-root.pem");

    /// <summary>The root of its endpoint.</summary>
    public X509Certificate2 Root { get; private set; } = null!;

    /// <summary>The port of http-01 validation.</summary>
    public int HttpPort { get; } = FreePort.Next();

    /// <summary>The port of tls-alpn-01 validation.</summary>
    public int TlsPort { get; } = FreePort.Next();

    /// <summary>Sets the TXT values of a name in its DNS server.</summary>
    public async Task SetTxtAsync(string name, IReadOnlyList<string> values, CancellationToken ct)
    {
        await PostToDnsAsync("clear-txt", new { host = name + "." }, ct);
        foreach (var value in values)
        {
            await PostToDnsAsync("set-txt", new { host = name + ".", value }, ct);
        }
    }

    /// <summary>Sets the CNAME of a name in its DNS server.</summary>
    public Task SetCnameAsync(string name, string target, CancellationToken ct) =>
        PostToDnsAsync("set-cname", new { host = name + ".", target = target + "." }, ct);

    /// <summary>The address of its DNS server, or of the one in the options.</summary>
    public IPEndPoint DnsEndpoint { get; private set; } = null!;

    /// <summary>Gets the root of an issuing chain by number; 0 is the first chain.</summary>
    public async Task<X509Certificate2> GetRootAsync(int number, CancellationToken ct)
    {
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
        using var http = new HttpClient(handler);
        return X509Certificate2.CreateFromPem(await http.GetStringAsync(
            new Uri($"https://127.0.0.1:{_managementPort}/roots/{number}"), ct));
    }

    /// <summary>The orders that Pebble created and the client never saw; see <see cref="PebbleFront"/>.</summary>
    public IReadOnlyCollection<Uri> RejectedOrders => _front!.RejectedOrders;

    /// <summary>The reason for skipping tests without Pebble.</summary>
    public const string NotInstalled = "Pebble is not installed.";

    /// <summary>True if both programs are installed.</summary>
    public static bool IsInstalled => Find("pebble") is not null && Find("pebble-challtestsrv") is not null;

    /// <summary>The ACME requests since the start, as <c>METHOD path</c>, in order.</summary>
    public IReadOnlyList<string> Requests =>
    [
        .. _processes[^1].Lines
            .Where(line => line.Contains(" -> calling handler()", StringComparison.Ordinal))
            .Select(line => line.Split(" -> ")[0].Split(' ') is [.., var method, var path] ? $"{method} {path}" : line),
    ];

    /// <summary>Starts Pebble, and retries with other ports if one was taken in the meantime.</summary>
    public static async Task<PebbleServer> StartAsync(PebbleOptions options, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var server = new PebbleServer(Directory.CreateTempSubdirectory("pebble-"));
            try
            {
                await server.RunAsync(options, ct);
                return server;
            }
            catch (InvalidOperationException) when (attempt < 3)
            {
                await server.DisposeAsync();
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_front is not null)
        {
            await _front.DisposeAsync();
        }

        foreach (var process in Enumerable.Reverse(_processes))
        {
            await process.DisposeAsync();
        }

        Root?.Dispose();
        _home.Delete(recursive: true);
    }

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    private async Task RunAsync(PebbleOptions options, CancellationToken ct)
    {
        var port = FreePort.Next();
        var dns = options.DnsServer ?? new IPEndPoint(IPAddress.Loopback, FreePort.Next());
        DnsEndpoint = dns;
        Root = EndpointCertificate.Write(_home.FullName);
        await File.WriteAllTextAsync(Path.Combine(_home.FullName, "pebble.json"), Configuration(options, port), ct);

        if (options.DnsServer is null)
        {
            _processes.Add(LoggedProcess.Start(
                new ProcessStartInfo(
                    "pebble-challtestsrv",
                    ["-dns01", $"{dns}", "-management", $"127.0.0.1:{_dnsManagementPort}", "-defaultIPv6", "", "-http01", "", "-https01",
                    "", "-tlsalpn01", ""])));
        }

        var start = new ProcessStartInfo("pebble", ["-config", Path.Combine(_home.FullName, "pebble.json"), "-dnsserver", $"{dns}"]);
        if (options.Strict)
        {
            start.ArgumentList.Add("-strict");
        }

        start.Environment["PEBBLE_VA_NOSLEEP"] = "1";
        start.Environment["PEBBLE_WFE_NONCEREJECT"] = $"{options.RejectedNonces}";
        start.Environment["PEBBLE_AUTHZREUSE"] = $"{options.ReusedAuthorizations}";
        start.Environment["PEBBLE_ALTERNATE_ROOTS"] = $"{options.AlternateRoots}";
        _processes.Add(LoggedProcess.Start(start));
        await WaitUntilItAnswersAsync(port, ct);
        _front = await PebbleFront.StartAsync(_home.FullName, port, options, ct);
        DirectoryUrl = new Uri($"https://localhost:{_front.Port}/dir");
    }

    private async Task PostToDnsAsync(string what, object request, CancellationToken ct)
    {
        using var http = new HttpClient();
        using var response = await http.PostAsync(
            new Uri($"http://127.0.0.1:{_dnsManagementPort}/{what}"), new StringContent(JsonSerializer.Serialize(request)), ct);
        response.EnsureSuccessStatusCode();
    }

    private string Configuration(PebbleOptions options, int port) => JsonSerializer.Serialize(new
    {
        pebble = new
        {
            listenAddress = $"127.0.0.1:{port}",
            managementListenAddress = $"127.0.0.1:{_managementPort}",
            certificate = Path.Combine(_home.FullName, EndpointCertificate.CertificateFile),
            privateKey = Path.Combine(_home.FullName, EndpointCertificate.KeyFile),
            httpPort = HttpPort,
            tlsPort = TlsPort,
            ocspResponderURL = string.Empty,
            externalAccountBindingRequired = options.ExternalAccountRequired,
            externalAccountMACKeys = options.ExternalAccountRequired
                ? new Dictionary<string, string> { [PebbleOptions.ExternalKeyId] = PebbleOptions.ExternalMacKey }
                : null,
        },
    });

    // Connect without a request, so that the log counts only the requests of the tests.
    private async Task WaitUntilItAnswersAsync(int port, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TestTime.Hang);
        while (true)
        {
            if (_processes.Find(p => p.HasExited) is { } exited)
            {
                throw new InvalidOperationException("It ended at once: " + string.Join(Environment.NewLine, exited.Lines));
            }

            try
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync(IPAddress.Loopback, port, limit.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(20, limit.Token);
            }
        }
    }
}
