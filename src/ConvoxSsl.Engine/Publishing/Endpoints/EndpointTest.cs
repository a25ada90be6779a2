using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Publishing.Endpoints;

/// <summary>Tests the certificates that TLS servers present, as their clients do, and finds them on a rack.</summary>
/// <param name="probe">Connects to the servers.</param>
/// <param name="versions">The certificates of the rack.</param>
/// <param name="roots">The roots of private CAs, which are trusted besides those of the system.</param>
/// <param name="time">The clock.</param>
public sealed class EndpointTest(
    EndpointProbe probe, RackVersions versions, IReadOnlyList<X509Certificate2> roots, TimeProvider time)
{
    private const int MaxNamesLength = 160;

    /// <summary>Tests a server. A server that cannot be reached is a result.</summary>
    /// <param name="endpoint">The address.</param>
    /// <param name="options">The options.</param>
    /// <param name="expectedId">The id of the certificate that the server should present; null if it is not known.</param>
    /// <param name="ct">The cancellation token.</param>
    public async Task<EndpointResult> RunAsync(
        EndpointAddress endpoint, EndpointOptions options, string? expectedId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var observation = await probe.ProbeAsync(endpoint, options, ct).ConfigureAwait(false);
        var result = new EndpointResult
        {
            Endpoint = endpoint,
            ServerName = observation.ServerName,
            StartTls = options.StartTls,
            Address = observation.Address?.ToString(),
            Protocol = observation.Protocol,
            CipherSuite = observation.CipherSuite,
            Faults = observation.Failure is { } failure ? [new EndpointFault(true, failure.Message, failure.Remedy)] : [],
        };
        return observation.Leaf is { } leaf ? await EvaluateAsync(result, observation, leaf, expectedId, ct).ConfigureAwait(false) : result;
    }

    private async Task<EndpointResult> EvaluateAsync(
        EndpointResult result, EndpointObservation observation, X509Certificate2 leaf, string? expectedId, CancellationToken ct)
    {
        var (names, notBefore, now) = (CertificateChain.NamesOf(leaf), ToTime(leaf.NotBefore), time.GetUtcNow());
        var known = versions.Find(leaf.Thumbprint, names, notBefore);
        var chain = ServedChain.Evaluate(observation, roots, now);
        if (chain.MissingIssuer is not null && known is not null
            && await versions.HasIssuersAsync(known, observation, ct).ConfigureAwait(false))
        {
            // The server sends the whole chain, but this machine does not know the root of the private CA.
            chain = new ServedChain(false, null, $"The root '{chain.MissingIssuer}' is not trusted.");
        }

        var evaluated = result with
        {
            Names = names,
            Issuer = EndpointObservation.GetIssuerName(leaf),
            SerialNumber = leaf.SerialNumber,
            Thumbprint = leaf.Thumbprint,
            NotBefore = notBefore,
            NotAfter = ToTime(leaf.NotAfter),
            IsChainComplete = observation.IsChainKnown ? chain.MissingIssuer is null : null,
            IsTrusted = observation.IsChainKnown || chain.IsTrusted ? chain.IsTrusted : null,
            IsNameMatch = leaf.MatchesHostname(result.ServerName, allowWildcards: true, allowCommonName: false),
            CertificateId = known?.Entry.Record.Id,
            Version = known?.Version?.Number,
            IsCurrent = known?.IsLive,
        };
        return evaluated with
        {
            Faults =
            [
                .. result.Faults,
                .. FindRackFaults(evaluated, known, expectedId),
                .. FindTimeFaults(evaluated, now),
                .. FindNameFaults(evaluated),
                .. FindChainFaults(evaluated, chain, known),
                .. FindHandshakeFaults(observation),
            ],
        };
    }

    private static IEnumerable<EndpointFault> FindRackFaults(EndpointResult result, RackVersion? known, string? expectedId)
    {
        if (expectedId is not null && expectedId != result.CertificateId)
        {
            yield return new EndpointFault(
                IsError: false, $"The certificate is not {expectedId}.", new Remedy("Endpoint.OtherCertificate", expectedId));
        }

        if (known is { IsLive: false })
        {
            var served = result.Version is { } number ? $"version {number}" : "an earlier version, which the rack no longer has,";
            yield return new EndpointFault(
                IsError: false,
                $"The certificate is {served} of {result.CertificateId}; version {known.Entry.LiveVersion} is current.",
                new Remedy("Endpoint.Outdated", result.CertificateId));
        }

        if (known?.Version?.Revoked is { } revoked)
        {
            yield return new EndpointFault(
                IsError: true, $"The certificate was revoked on {revoked:u}.", new Remedy("Endpoint.Revoked", result.CertificateId));
        }
    }

    private static IEnumerable<EndpointFault> FindTimeFaults(EndpointResult result, DateTimeOffset now)
    {
        var (start, end) = (result.NotBefore!.Value, result.NotAfter!.Value);
        var remedy = result.CertificateId is { } id ? new Remedy("Endpoint.Expired", id) : new Remedy("Endpoint.ExpiredElsewhere");
        if (end <= now)
        {
            yield return new EndpointFault(IsError: true, $"The certificate expired on {end:u}.", remedy);
        }
        else if (start > now)
        {
            yield return new EndpointFault(
                IsError: true,
                $"The certificate is valid only from {start:u}.",
                Remedy.FromText("Check the clocks of this machine and of the CA."));
        }
        else if (CertificateLifetime.IsExpiring(start, end, now))
        {
            var days = DurationText.Count(Math.Floor((end - now).TotalDays), "day");
            yield return new EndpointFault(IsError: false, $"The certificate expires in {days}.", remedy);
        }
    }

    private static IEnumerable<EndpointFault> FindNameFaults(EndpointResult result)
    {
        if (result.IsNameMatch is false)
        {
            var names = result.Names.Count == 0 ? "but has no subject alternative name"
                : $"but for {DisplayText.Shorten(string.Join(", ", result.Names), MaxNamesLength)}";
            yield return new EndpointFault(
                IsError: true, $"The certificate is not for {result.ServerName}, {names}.", new Remedy("Endpoint.Name", result.ServerName));
        }
    }

    private static IEnumerable<EndpointFault> FindChainFaults(EndpointResult result, ServedChain chain, RackVersion? known)
    {
        if (result.IsChainComplete is false)
        {
            yield return new EndpointFault(
                IsError: true, $"The server does not send the issuer '{chain.MissingIssuer}', which is not a trusted root either.",
                new Remedy("Endpoint.Chain"));
        }

        // The owner of the rack has chosen its self-signed certificates and private CAs.
        if (chain.Fault is { } fault)
        {
            yield return new EndpointFault(IsError: known is null, fault, new Remedy("Endpoint.Untrusted"));
        }
    }

    private static IEnumerable<EndpointFault> FindHandshakeFaults(EndpointObservation observation)
    {
        if (observation.RequestsClientCertificate && !observation.IsChainKnown)
        {
            yield return new EndpointFault(
                IsError: false,
                "The server ended the handshake because it requires a certificate from the client, so its chain is not known.",
                Remedy.FromText("Test the chain with a client that has a certificate."));
        }
    }

    private static DateTimeOffset ToTime(DateTime time) => new DateTimeOffset(time).ToUniversalTime();
}
