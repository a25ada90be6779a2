using System.Net;
using System.Net.Sockets;
using DnsClient;

namespace ConvoxSsl.Engine.Dns.Resolution;

/// <summary>
/// Queries one server: over UDP with EDNS, then over TCP if the response was truncated, missing or not readable. Every failure
/// becomes a <see cref="DnsResponse"/>; only cancellation throws.
/// </summary>
/// <param name="timeout">The timeout of each of the two queries.</param>
internal sealed class DnsTransport(TimeSpan timeout)
{
    // The size that avoids fragmentation on nearly every path (DNS flag day 2020).
    private const int PayloadSize = 1232;

    // Each query names its server, so the client needs none of its own.
    private readonly LookupClient _client = new(new LookupClientOptions(new IPEndPoint(IPAddress.Loopback, 53)) { UseCache = false });

    /// <summary>Queries one server.</summary>
    public async Task<DnsResponse> QueryAsync(IPEndPoint server, DnsQuestion question, bool recursive, CancellationToken ct)
    {
        var response = await QueryAsync(server, question, recursive, tcp: false, ct);
        return response.Outcome == DnsOutcome.NoResponse ? await QueryAsync(server, question, recursive, tcp: true, ct) : response;
    }

    /// <summary>
    /// Returns when a machine reports that its port is closed or cannot be reached. The library's UDP sockets are not connected, so
    /// the operating system does not tell them, and a query takes its whole timeout.
    /// </summary>
    /// <exception cref="OperationCanceledException">The server did not report anything until then.</exception>
    public static async Task WaitForRefusalAsync(IPEndPoint server, CancellationToken ct)
    {
        try
        {
            using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            await socket.ConnectAsync(server, ct);

            // DNS servers ignore it, because it has no header.
            await socket.SendAsync(ReadOnlyMemory<byte>.Empty, ct);
            while (true)
            {
                await socket.ReceiveAsync(new byte[PayloadSize], ct);
            }
        }
        catch (SocketException)
        {
        }
    }

    private async Task<DnsResponse> QueryAsync(IPEndPoint server, DnsQuestion question, bool recursive, bool tcp, CancellationToken ct)
    {
        var options = new DnsQueryOptions
        {
            Recursion = recursive,
            UseTcpOnly = tcp,
            UseTcpFallback = true,
            ExtendedDnsBufferSize = PayloadSize,
            Timeout = timeout,
            Retries = 0,
            UseCache = false,
            ThrowDnsErrors = false,
        };
        try
        {
            var response = await _client.QueryServerAsync([new NameServer(server)], question, options, ct);
            return Read(response);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // For a response that is not DNS, the library throws not only its own exceptions.
            return new DnsResponse(DnsOutcome.NoResponse, Describe(e), false, []);
        }
        catch (Exception) when (ct.IsCancellationRequested)
        {
            throw new OperationCanceledException(ct);
        }
    }

    private static DnsResponse Read(IDnsQueryResponse response)
    {
        var (outcome, reason) = response.Header.ResponseCode switch
        {
            DnsHeaderResponseCode.NoError => (DnsOutcome.Answered, "no error"),
            DnsHeaderResponseCode.NotExistentDomain => (DnsOutcome.NoSuchName, "the name does not exist (NXDOMAIN)"),
            DnsHeaderResponseCode.ServerFailure => (DnsOutcome.Failed, "the server failed (SERVFAIL)"),
            DnsHeaderResponseCode.Refused => (DnsOutcome.Failed, "the server refuses the query (REFUSED)"),
            DnsHeaderResponseCode.FormatError => (DnsOutcome.Failed, "the server does not understand the query (FORMERR)"),
            DnsHeaderResponseCode.NotImplemented => (DnsOutcome.Failed, "the server does not implement the query (NOTIMP)"),
            DnsHeaderResponseCode.NotAuthorized => (DnsOutcome.Failed, "the server is not responsible for the zone (NOTAUTH)"),
            var code => (DnsOutcome.Failed, $"the server refuses the query with DNS response code {(int)code}"),
        };
        return new DnsResponse(outcome, reason, response.Header.HasAuthorityAnswer, response.Answers)
        {
            Authorities = response.Authorities,
        };
    }

    private static string Describe(Exception e) => e switch
    {
        DnsResponseException { Code: DnsResponseCode.ConnectionTimeout } or OperationCanceledException or TimeoutException =>
            "no response in time",
        DnsResponseException { InnerException: SocketException socket } => socket.Message,
        SocketException socket => socket.Message,
        DnsResponseException { InnerException: OperationCanceledException or TimeoutException } => "no response in time",
        _ => "a response that is not valid DNS",
    };
}
