using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Publishing.Endpoints;
using ConvoxSsl.Errors;

namespace ConvoxSsl.Mapping;

/// <summary>Converts tests of TLS servers to the objects that cmdlets output.</summary>
internal static class EndpointMapper
{
    /// <summary>Converts a result.</summary>
    /// <param name="result">The result.</param>
    /// <param name="rack">The name of the rack.</param>
    /// <param name="now">The current time.</param>
    public static ConvoxEndpoint ToModel(this EndpointResult result, string rack, DateTimeOffset now) => new()
    {
        Endpoint = result.Endpoint.ToString(),
        HostName = result.Endpoint.Host,
        Port = result.Endpoint.Port,
        ServerName = result.ServerName,
        StartTls = result.StartTls?.ToModel(),
        Address = result.Address,
        Status = result.Faults.Any(fault => fault.IsError) ? ConvoxEndpointStatus.Failed
            : result.Faults.Count > 0 ? ConvoxEndpointStatus.Warning
            : ConvoxEndpointStatus.Ok,
        Reason = result.Faults.Count > 0 ? DisplayText.Sanitize(string.Join(' ', result.Faults.Select(fault => fault.Message))) : null,
        Remedy = Remedies.Describe(result.Faults.Select(fault => fault.Remedy).FirstOrDefault(remedy => remedy is not null)),
        SerialNumber = result.SerialNumber,
        Thumbprint = result.Thumbprint,
        Domains = [.. result.Names.Select(name => DisplayText.OneLine(name))],
        Issuer = DisplayText.OneLine(result.Issuer),
        NotBefore = result.NotBefore,
        NotAfter = result.NotAfter,
        DaysLeft = result.NotAfter is { } end ? (int)Math.Floor((end - now).TotalDays) : null,
        ChainComplete = result.IsChainComplete,
        Trusted = result.IsTrusted,
        NameMatches = result.IsNameMatch,
        Protocol = result.Protocol,
        CipherSuite = result.CipherSuite,
        CertificateId = result.CertificateId,
        Version = result.Version,
        Current = result.IsCurrent,
        Rack = rack,
    };
}
