using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Publishing.Endpoints;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Publishing.Targets;

/// <summary>Verifies that the servers of targets present the delivered certificates.</summary>
/// <param name="time">The clock.</param>
internal sealed class TargetVerification(TimeProvider time)
{
    // A server can finish its reload after the command that began it.
    private static readonly TimeSpan DefaultTimeLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly EndpointProbe _probe = new(time);

    /// <summary>Returns the address of a target's server.</summary>
    public static EndpointAddress GetAddress(TargetEndpoint endpoint) => new(endpoint.Host, endpoint.Port);

    /// <summary>Checks that a server presents any certificate.</summary>
    /// <exception cref="InvalidInputException"><c>EndpointUnreachable</c>, <c>StartTlsRefused</c>, <c>TlsFailed</c>.</exception>
    public async Task RequireAsync(TargetEndpoint endpoint, string? domain, CancellationToken ct)
    {
        var address = GetAddress(endpoint);
        using var observation = await _probe.ProbeAsync(address, GetOptions(endpoint, domain), ct).ConfigureAwait(false);
        if (observation.Failure is { } failure)
        {
            throw new InvalidInputException(failure.Code, failure.Message, address.ToString()) { Remedy = failure.Remedy };
        }
    }

    /// <summary>Compares what a server presents with a certificate, once.</summary>
    /// <returns>The difference; null if there is none.</returns>
    public Task<EndpointFailure?> CompareAsync(
        TargetEndpoint endpoint, CertificateRecord certificate, CertificateChain expected, CancellationToken ct) =>
        _probe.VerifyAsync(GetAddress(endpoint), expected, GetOptions(endpoint, certificate.Domains[0]), ct);

    /// <summary>Repeats the handshake until the server presents the certificate with its chain, or the time limit is reached.</summary>
    /// <param name="target">The target.</param>
    /// <param name="certificate">The certificate.</param>
    /// <param name="expected">The expected leaf and its issuers.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="EngineException">The last difference, such as <c>OtherCertificateServed</c>.</exception>
    public async Task RequireServedAsync(
        CertificateTarget target, CertificateRecord certificate, CertificateChain expected, CancellationToken ct)
    {
        var (start, limit) = (time.GetTimestamp(), target.TimeLimit ?? DefaultTimeLimit);
        while (await CompareAsync(target.Endpoint!, certificate, expected, ct).ConfigureAwait(false) is { } failure)
        {
            if (time.GetElapsedTime(start) >= limit)
            {
                throw new EngineException(
                    failure.Code, EngineErrorKind.InvalidState, failure.Message, GetAddress(target.Endpoint!).ToString())
                {
                    Remedy = failure.Remedy,
                };
            }

            await Task.Delay(Interval, time, ct).ConfigureAwait(false);
        }
    }

    // A wildcard is not the name of a server.
    private static EndpointOptions GetOptions(TargetEndpoint endpoint, string? domain) => new()
    {
        ServerName = endpoint.ServerName ?? (domain?.Contains('*', StringComparison.Ordinal) is false ? domain : null),
        StartTls = TargetValue.GetStartTls(endpoint),
    };
}
