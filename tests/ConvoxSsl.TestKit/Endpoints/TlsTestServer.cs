using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace ConvoxSsl.TestKit.Endpoints;

/// <summary>A TLS server on 127.0.0.1, with or without a dialog before TLS.</summary>
public sealed class TlsTestServer : IAsyncDisposable
{
    private readonly TlsTestServerOptions _options;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<string> _serverNames = [];
    private readonly ConcurrentQueue<string> _sessions = [];
    private readonly ConcurrentQueue<string> _violations = [];
    private readonly ConcurrentDictionary<Task, bool> _connections = [];
    private readonly Task _accepting;

    private TlsTestServer(TlsTestServerOptions options)
    {
        _options = options;
        _listener.Start(backlog: 512);
        _accepting = AcceptAsync(_stopping.Token);
    }

    /// <summary>The port.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The address as <c>host:port</c>.</summary>
    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>The server names that clients sent, in order; empty if a client sent none.</summary>
    public IReadOnlyCollection<string> ServerNames => _serverNames;

    /// <summary>The data that clients sent after the handshake; it ends with <c>(end)</c> if they did not reset the connection.</summary>
    public IReadOnlyCollection<string> Sessions => _sessions;

    /// <summary>The requests of clients that the script does not expect.</summary>
    public IReadOnlyCollection<string> Violations => _violations;

    /// <summary>Starts a server.</summary>
    public static TlsTestServer Start(TlsTestServerOptions options) => new(options);

    /// <summary>Waits until all connections so far have ended.</summary>
    public Task WaitAsync() => Task.WhenAll(_connections.Keys).WaitAsync(TestTime.Hang);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await WaitAsync();
        _stopping.Dispose();
    }

    private async Task AcceptAsync(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(ct);
                _connections.TryAdd(ServeAsync(client, ct), true);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken ct)
    {
        using var connection = client;
        await using var stream = client.GetStream();
        try
        {
            if (_options.Script is { } script && !await RunAsync(script, stream, ct))
            {
                return;
            }

            if (_options.Hangs)
            {
                await Task.Delay(Timeout.Infinite, ct);
            }

            if (!_options.Closes)
            {
                await RunTlsAsync(stream, ct);
            }
        }
        catch (Exception e) when (e is IOException or AuthenticationException or OperationCanceledException)
        {
        }
    }

    private async Task<bool> RunAsync(StartTlsScript script, NetworkStream stream, CancellationToken ct)
    {
        foreach (var step in script.Steps)
        {
            if (step.Response is { } response)
            {
                await stream.WriteAsync(response, ct);
                continue;
            }

            var received = new List<byte>();
            var one = new byte[1];
            do
            {
                await stream.ReadExactlyAsync(one, ct);
                received.Add(one[0]);
            }
            while (!step.IsComplete([.. received]));
            if (!step.IsValid([.. received]))
            {
                _violations.Enqueue(Encoding.Latin1.GetString([.. received]));
                return false;
            }
        }

        return true;
    }

    private async Task RunTlsAsync(NetworkStream stream, CancellationToken ct)
    {
        await using var tls = new SslStream(stream, leaveInnerStreamOpen: true);
        await tls.AuthenticateAsServerAsync(
            (_, hello, _, _) =>
            {
                _serverNames.Enqueue(hello.ServerName);
                return ValueTask.FromResult(_options.CreateTlsOptions(hello.ServerName));
            },
            null,
            ct);
        var session = new StringBuilder();
        var buffer = new byte[4096];
        int count;
        while ((count = await tls.ReadAsync(buffer, ct)) > 0)
        {
            session.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }

        _sessions.Enqueue($"{session}(end)");
        await tls.ShutdownAsync();
    }
}
