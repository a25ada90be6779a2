using System.Net;

namespace ConvoxSsl.Engine.Dns.Resolution;

/// <summary>How a <see cref="DnsResolver"/> asks.</summary>
public sealed record DnsResolverOptions
{
    /// <summary>The resolvers to ask, in order; null for those of the system.</summary>
    public IReadOnlyList<DnsServer>? Servers { get; init; }

    /// <summary>How long to wait for an answer over UDP, and then again over TCP.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How many times to go through the servers before a look-up is given up.</summary>
    public int Attempts { get; init; } = 2;

    /// <summary>
    /// Says where a name server is reached, by its host name, where that is not at its published addresses and port 53:
    /// behind a tunnel or in a test. Null from it means that the addresses are looked up.
    /// </summary>
    public Func<string, IReadOnlyList<IPEndPoint>?>? LocateNameServer { get; init; }
}
