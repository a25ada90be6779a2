using System.Net;

namespace ConvoxSsl.Engine.Dns.Resolution;

/// <summary>The options of a <see cref="DnsResolver"/>.</summary>
public sealed record DnsResolverOptions
{
    /// <summary>The resolvers to query, in order; null for those of the system.</summary>
    public IReadOnlyList<DnsServer>? Servers { get; init; }

    /// <summary>The timeout of a query over UDP, and again over TCP.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The number of attempts with all servers before a look-up fails.</summary>
    public int Attempts { get; init; } = 2;

    /// <summary>
    /// Maps a name server's host name to endpoints other than its published addresses and port 53, such as behind a tunnel or in a
    /// test. If it returns null, the addresses are looked up.
    /// </summary>
    public Func<string, IReadOnlyList<IPEndPoint>?>? LocateNameServer { get; init; }
}
