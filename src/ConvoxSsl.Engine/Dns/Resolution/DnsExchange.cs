using System.Net;
using DnsClient;

namespace ConvoxSsl.Engine.Dns.Resolution;

/// <summary>
/// One query to one server: over UDP with EDNS, then over TCP where the answer was cut short, did not come or can't be
/// read. Whatever the server does becomes an answer; only cancellation throws.
/// </summary>
/// <param name="timeout">How long to wait for an answer over each of the two.</param>
internal sealed class DnsExchange(TimeSpan timeout)
{
    // The size that passes without fragments on nearly every path (DNS flag day 2020).
    private const int PayloadSize = 1232;

    // It has no servers of its own: each query names one.
    private readonly LookupClient _client = new(new LookupClientOptions(new IPEndPoint(IPAddress.Loopback, 53)) { UseCache = false });

    /// <summary>Asks.</summary>
    /// <param name="server">Whom.</param>
    /// <param name="question">What.</param>
    /// <param name="recursive">Whether the server is to find out what it does not know itself.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<DnsResponse> AskAsync(IPEndPoint server, DnsQuestion question, bool recursive, CancellationToken ct)
    {
        var answer = await AskAsync(server, question, recursive, tcp: false, ct);
        return answer.Outcome == DnsOutcome.Silent ? await AskAsync(server, question, recursive, tcp: true, ct) : answer;
    }

    private async Task<DnsResponse> AskAsync(IPEndPoint server, DnsQuestion question, bool recursive, bool tcp, CancellationToken ct)
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
            // What the library throws for an answer that is not DNS at all is not limited to its own exceptions.
            return new DnsResponse(DnsOutcome.Silent, Describe(e), false, []);
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
            var code => (DnsOutcome.Failed, $"the server answers with response code {(int)code}"),
        };
        return new DnsResponse(outcome, reason, response.Header.HasAuthorityAnswer, response.Answers);
    }

    private static string Describe(Exception e) => e switch
    {
        DnsResponseException { Code: DnsResponseCode.ConnectionTimeout } or OperationCanceledException or TimeoutException => "no answer in time",
        DnsResponseException { InnerException: System.Net.Sockets.SocketException socket } => socket.Message,
        System.Net.Sockets.SocketException socket => socket.Message,
        DnsResponseException { InnerException: OperationCanceledException or TimeoutException } => "no answer in time",
        _ => "an answer that can't be read",
    };
}
