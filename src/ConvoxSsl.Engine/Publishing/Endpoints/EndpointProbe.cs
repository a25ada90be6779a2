using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Http;

namespace ConvoxSsl.Engine.Publishing.Endpoints;

/// <summary>
/// Connects to TLS servers and reads the certificates that they present. Accepts every certificate, and sends nothing after the handshake
/// except the end of the session.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class EndpointProbe(TimeProvider time)
{
    private const string Lookup = "resolve the name";

    private static readonly Remedy TlsAdvice = Remedy.FromText("Check the TLS settings and the log of the server.");

    /// <summary>Reads the certificates of a server. A server that presents none is a result, not an exception.</summary>
    /// <param name="endpoint">The address.</param>
    /// <param name="options">The options.</param>
    /// <param name="ct">The cancellation token.</param>
    public async Task<EndpointObservation> ProbeAsync(EndpointAddress endpoint, EndpointOptions options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(options);
        using var limit = new CancellationTokenSource(options.Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        var observation = new EndpointObservation { Endpoint = endpoint, ServerName = options.ServerName ?? endpoint.Host };
        var (step, code) = (Lookup, ErrorCode.EndpointUnreachable);
        PlaintextConnection? plaintext = null;
        try
        {
            var addresses = await EndpointConnector.ResolveAsync(endpoint.Host, linked.Token).ConfigureAwait(false);
            step = "accept the connection";
            using var socket = await EndpointConnector.ConnectAsync(addresses, endpoint.Port, options.Timeout, time, linked.Token)
                .ConfigureAwait(false);
            observation = observation with { Address = ((IPEndPoint)socket.RemoteEndPoint!).Address };
            await using var network = new NetworkStream(socket, ownsSocket: false);
            if (options.StartTls is { } protocol)
            {
                (step, code) = ("begin TLS", ErrorCode.StartTlsRefused);
                plaintext = new PlaintextConnection(network);
                await StartTlsNegotiation.RunAsync(
                    protocol, plaintext, ((IPEndPoint)socket.LocalEndPoint!).Address, observation.ServerName, linked.Token)
                    .ConfigureAwait(false);
                plaintext = null;
            }

            (step, code) = ("complete the TLS handshake", ErrorCode.TlsFailed);
            observation = await HandshakeAsync(network, observation, options.StartTls, linked.Token).ConfigureAwait(false);
            await EndpointConnector.CloseAsync(socket, time, ct).ConfigureAwait(false);
            return observation;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return observation with { Failure = CreateTimeout(endpoint, step, code, plaintext, options.Timeout) };
        }
        catch (StartTlsException e)
        {
            return observation with { Failure = CreateFailure(code, $"{endpoint} {e.Message}") };
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return observation with { Failure = CreateFailure(endpoint, plaintext?.Expected ?? step, code, e) };
        }
    }

    /// <summary>Compares the certificates that a server presents with those that it should present.</summary>
    /// <param name="endpoint">The address.</param>
    /// <param name="expected">The expected leaf and its issuers.</param>
    /// <param name="options">The options.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <returns>The difference; null if there is none.</returns>
    public async Task<EndpointFailure?> VerifyAsync(
        EndpointAddress endpoint, CertificateChain expected, EndpointOptions options, CancellationToken ct)
    {
        using var observation = await ProbeAsync(endpoint, options, ct).ConfigureAwait(false);
        return observation.FindDifference(expected);
    }

    private static async Task<EndpointObservation> HandshakeAsync(
        NetworkStream network, EndpointObservation observation, StartTls? startTls, CancellationToken ct)
    {
        var peer = new PeerCertificates();
        await using var stream = new FirstBytesStream(network);
        await using var tls = new SslStream(stream, leaveInnerStreamOpen: true);
        try
        {
            await tls.AuthenticateAsClientAsync(peer.CreateOptions(observation.ServerName), ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            var (reason, isOtherProtocol) = HandshakeFault.Describe(stream.First, e);
            var failure = new EndpointFailure(
                ErrorCode.TlsFailed,
                $"The TLS handshake with {observation.Endpoint} failed: {reason}.",
                isOtherProtocol ? new Remedy("TlsFailed.OtherProtocol") : TlsAdvice);

            // The server's certificate is known if it ended the handshake because the client has none.
            var loaded = Load(observation, peer);
            return loaded.Failure is null && !peer.RequestsClientCertificate ? loaded with { Failure = failure } : loaded;
        }

        var result = Load(observation, peer) with
        {
            Protocol = Describe(tls.SslProtocol),
            CipherSuite = tls.NegotiatedCipherSuite.ToString(),
        };
        await EndAsync(tls, startTls).ConfigureAwait(false);
        return result;
    }

    private static EndpointObservation Load(EndpointObservation observation, PeerCertificates peer)
    {
        var result = observation with { RequestsClientCertificate = peer.RequestsClientCertificate };
        try
        {
            return peer.Exist ? result with { Certificates = peer.Load(), IsChainKnown = peer.IsChainKnown } : result;
        }
        catch (InvalidInputException)
        {
            return result with
            {
                Failure = new EndpointFailure(
                    ErrorCode.TlsFailed,
                    $"{observation.Endpoint} presents a corrupt certificate.",
                    Remedy.FromText("Replace the certificate on the server.")),
            };
        }
    }

    // Few bytes, which fit into the buffer of the connection, so that this does not block.
    private static async Task EndAsync(SslStream tls, StartTls? startTls)
    {
        try
        {
            var farewell = StartTlsNegotiation.GetFarewell(startTls);
            if (!farewell.IsEmpty)
            {
                await tls.WriteAsync(farewell, CancellationToken.None).ConfigureAwait(false);
            }

            await tls.ShutdownAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // The server was faster.
        }
    }

    private static EndpointFailure CreateTimeout(
        EndpointAddress endpoint, string step, string code, PlaintextConnection? plaintext, TimeSpan timeout)
    {
        if (step == Lookup)
        {
            return CreateFailure(code, $"The host name '{endpoint.Host}' cannot be resolved within {DurationText.Format(timeout)}.");
        }

        var received = plaintext is { Partial.Length: > 0 } ? $"; it sent {ServerText.Quote(plaintext.Partial)}" : string.Empty;
        var message = $"{endpoint} did not {plaintext?.Expected ?? step} within {DurationText.Format(timeout)}{received}.";
        return plaintext is null
            ? CreateFailure(code, message)
            : new EndpointFailure(code, message, new Remedy("StartTlsRefused.NoResponse"));
    }

    private static EndpointFailure CreateFailure(EndpointAddress endpoint, string step, string code, Exception cause) =>
        step == Lookup ? CreateFailure(code, $"The host name '{endpoint.Host}' cannot be resolved: {NetworkFault.Describe(cause)}.")
            : cause is EndOfStreamException ? CreateFailure(code, $"{endpoint} closed the connection and did not {step}.")
            : CreateFailure(code, $"{endpoint} did not {step}: {NetworkFault.Describe(cause)}.");

    private static EndpointFailure CreateFailure(string code, string message) =>
        new(code, DisplayText.Sanitize(message), code switch
        {
            ErrorCode.EndpointUnreachable =>
                Remedy.FromText("Check the host name, the port, the firewall, and that the server runs."),
            ErrorCode.StartTlsRefused => Remedy.FromText("Check the protocol, the port, and that TLS is enabled on the server."),
            _ => TlsAdvice,
        });

    private static string Describe(SslProtocols protocol) => protocol switch
    {
        SslProtocols.Tls12 => "TLS 1.2",
        SslProtocols.Tls13 => "TLS 1.3",
        _ => protocol.ToString(),
    };
}
