using ConvoxSsl.Bench.Measuring;
using ConvoxSsl.Bench.World;

namespace ConvoxSsl.Bench.Peers;

/// <summary>The challenge type that a peer uses.</summary>
internal enum ChallengeKind
{
    /// <summary>http-01.</summary>
    Http01,

    /// <summary>dns-01.</summary>
    Dns01,
}

/// <summary>The environment of a peer: the servers, its own directory with its account, and the challenge type.</summary>
/// <param name="World">The CA and the provider.</param>
/// <param name="Home">The peer's directory.</param>
/// <param name="ChallengeKind">The challenge type.</param>
internal sealed record PeerContext(BenchWorld World, string Home, ChallengeKind ChallengeKind)
{
    /// <summary>The CA, if it is not the world's.</summary>
    public CaEndpoint Ca { get; init; } = World.Ca;

    /// <summary>The web root for peers that have no web server of their own.</summary>
    public string WebRoot => Directory.CreateDirectory(Path.Combine(Home, "www")).FullName;

    /// <summary>The directory for http-01 responses in the web root.</summary>
    public string ChallengeFolder => Directory.CreateDirectory(Path.Combine(WebRoot, ".well-known", "acme-challenge")).FullName;

    /// <summary>The path of an entry in the peer's directory.</summary>
    public string this[string name] => Path.Combine(Home, name);
}

/// <summary>A program that issues certificates.</summary>
internal interface IPeer
{
    /// <summary>The name in the tables.</summary>
    string Name { get; }

    /// <summary>The reason why the peer is skipped; null if it is available.</summary>
    string? Missing { get; }

    /// <summary>True if the peer writes http-01 responses to a web root instead of serving them.</summary>
    bool NeedsWebServer { get; }

    /// <summary>True if the peer supports the challenge type.</summary>
    bool Offers(ChallengeKind proof) => true;

    /// <summary>Creates the process that issues one certificate, with a new account if the place has none.</summary>
    ProgramCall Call(PeerContext place, IReadOnlyList<string> names);
}

/// <summary>A peer that runs in PowerShell sessions.</summary>
internal interface ISessionPeer : IPeer
{
    /// <summary>The environment variables of its session.</summary>
    IReadOnlyDictionary<string, string> Environment(PeerContext place);

    /// <summary>The script that opens a session.</summary>
    string Opening(PeerContext place);

    /// <summary>The script that issues certificates, one for each set of names.</summary>
    string Issuing(PeerContext place, IReadOnlyList<IReadOnlyList<string>> certificates);
}
