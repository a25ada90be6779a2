using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ConvoxSsl.TestKit.Pebble;

namespace ConvoxSsl.TestKit.Dns;

/// <summary>BIND as a process on a free port of 127.0.0.1: authoritative for a zone, or a caching resolver.</summary>
public sealed class BindServer : IAsyncDisposable
{
    /// <summary>The reason for which a test is skipped.</summary>
    public const string NotInstalled = "BIND is not installed.";

    private const string Program = "named";
    private const int Attempts = 5;
    private readonly TemporaryDirectory _home = new();
    private LoggedProcess? _process;

    private BindServer()
    {
    }

    /// <summary>True if BIND is installed.</summary>
    public static bool IsInstalled => Find() is not null;

    /// <summary>The endpoint.</summary>
    public IPEndPoint Endpoint { get; } = new(IPAddress.Loopback, FreePort.Next());

    /// <summary>Starts a server for a zone, which dynamic updates can change.</summary>
    /// <param name="zone">The zone's name.</param>
    /// <param name="records">Its records in the format of zone files, without SOA and NS.</param>
    /// <param name="ct">Cancels the start.</param>
    public static Task<BindServer> StartAsync(string zone, string records, CancellationToken ct) => StartAsync(
        server =>
        {
            File.WriteAllText(server._home["zone.db"], $"""
                $ORIGIN {zone}.
                $TTL 3600
                @ SOA ns1 hostmaster 1 3600 600 86400 3600
                @ NS ns1
                ns1 A 127.0.0.1
                {records}

                """);
            return $$"""
                options { {{server.Common}} recursion no; };
                zone "{{zone}}" { type primary; file "zone.db"; allow-update { any; }; };
                """;
        },
        zone,
        ct);

    /// <summary>Starts a caching resolver that forwards to another server.</summary>
    public static Task<BindServer> StartResolverAsync(BindServer upstream, string zone, CancellationToken ct) => StartAsync(
        server => $$"""
            options {
              {{server.Common}} recursion yes; allow-recursion { any; }; dnssec-validation no;
              forward only; forwarders { 127.0.0.1 port {{upstream.Endpoint.Port}}; };
            };
            """,
        zone,
        ct);

    /// <summary>Replaces the TXT records of a name with a dynamic update (RFC 2136).</summary>
    public async Task SetTxtAsync(string zone, string name, IReadOnlyList<string> values, CancellationToken ct)
    {
        // Removes all TXT records (section 2.5.2), then adds the new ones.
        byte[] update =
        [
            1, 1, 0x28, 0, 0, 1, 0, 0, 0, (byte)(values.Count + 1), 0, 0, .. DnsWire.Name(zone), 0, (byte)DnsRecordType.SOA, 0, 1,
            .. DnsWire.Name(name), 0, (byte)DnsRecordType.TXT, 0, 255, 0, 0, 0, 0, 0, 0,
            .. values.Select(DnsWire.Text).SelectMany<byte[], byte>(text =>
            [
                .. DnsWire.Name(name), 0, (byte)DnsRecordType.TXT, 0, 1, 0, 0, 0, 60, 0, (byte)text.Length, .. text,
            ]),
        ];
        var code = (await ExchangeAsync(update, ct))[3] & 0x0F;
        if (code != 0)
        {
            throw new InvalidOperationException($"BIND rejected the update with code {code}.\n{string.Join('\n', _process!.Lines)}");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _home.Dispose();
    }

    private string Common => $$"""
        directory "{{_home.Path}}"; listen-on port {{Endpoint.Port}} { 127.0.0.1; }; listen-on-v6 { none; };
        pid-file none; session-keyfile none; allow-query { any; };
        """;

    private static async Task<BindServer> StartAsync(Func<BindServer, string> configure, string zone, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var server = new BindServer();
            File.WriteAllText(server._home["named.conf"], configure(server) + "\ncontrols { };\n");
            server._process = LoggedProcess.Start(new ProcessStartInfo(Find()!, ["-g", "-n", "1", "-c", server._home["named.conf"]]));
            if (await server.WaitAsync(zone, ct))
            {
                return server;
            }

            var lines = string.Join('\n', server._process.Lines);
            await server.DisposeAsync();
            if (attempt == Attempts)
            {
                throw new InvalidOperationException("BIND ended:\n" + lines);
            }
        }
    }

    // Returns false if the process ended, for example because the port was taken meanwhile.
    private async Task<bool> WaitAsync(string zone, CancellationToken ct)
    {
        byte[] query = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. DnsWire.Name(zone), 0, (byte)DnsRecordType.SOA, 0, 1];
        var begin = Stopwatch.StartNew();
        while (!_process!.HasExited && begin.Elapsed < TestTime.Hang)
        {
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
                limit.CancelAfter(TimeSpan.FromMilliseconds(200));
                if (await ExchangeAsync(query, limit.Token) is { Length: > 12 } response && (response[3] & 0x0F) == 0)
                {
                    return true;
                }
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException && !ct.IsCancellationRequested)
            {
            }

            await Task.Delay(20, ct);
        }

        return false;
    }

    private async Task<byte[]> ExchangeAsync(byte[] message, CancellationToken ct)
    {
        using var client = new UdpClient(Endpoint.AddressFamily);
        client.Connect(Endpoint);
        await client.SendAsync(message, ct);
        return (await client.ReceiveAsync(ct)).Buffer;
    }

    private static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(Path.PathSeparator)
        .Concat(["/usr/sbin", "/usr/local/sbin"])
        .Where(folder => folder.Length > 0)
        .Select(folder => Path.Combine(folder, Program))
        .FirstOrDefault(File.Exists);
}
