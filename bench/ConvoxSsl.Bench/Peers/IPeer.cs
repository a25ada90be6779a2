using ConvoxSsl.Bench.Measuring;
using ConvoxSsl.Bench.World;

namespace ConvoxSsl.Bench.Peers;

/// <summary>How control of a name is proved.</summary>
internal enum Proof
{
    /// <summary>http-01.</summary>
    Http01,

    /// <summary>DNS-01.</summary>
    Dns01,
}

/// <summary>Where a peer issues: its own directory, which holds its account once it has one.</summary>
/// <param name="World">CA and provider.</param>
/// <param name="Home">The directory.</param>
/// <param name="Proof">How.</param>
internal sealed record IssuingPlace(BenchWorld World, string Home, Proof Proof)
{
    /// <summary>The CA, where it is another than the world's.</summary>
    public CaEndpoint Ca { get; init; } = World.Ca;

    /// <summary>The root directory of the web server, for peers that have none of their own.</summary>
    public string WebRoot => Directory.CreateDirectory(Path.Combine(Home, "www")).FullName;

    /// <summary>Where http-01 responses lie in it.</summary>
    public string ChallengeFolder => Directory.CreateDirectory(Path.Combine(WebRoot, ".well-known", "acme-challenge")).FullName;

    /// <summary>An entry of the directory.</summary>
    public string this[string name] => Path.Combine(Home, name);
}

/// <summary>A program that issues certificates.</summary>
internal interface IPeer
{
    /// <summary>Its name.</summary>
    string Name { get; }

    /// <summary>Why it is left out; null where it is there.</summary>
    string? Missing { get; }

    /// <summary>Whether it writes http-01 responses to a web root, and serves none itself.</summary>
    bool NeedsWebServer { get; }

    /// <summary>Whether it can do that.</summary>
    bool Offers(Proof proof) => true;

    /// <summary>The process that issues one certificate, with a new account where the place has none.</summary>
    ProgramCall Call(IssuingPlace place, IReadOnlyList<string> names);
}

/// <summary>One that lives in PowerShell sessions.</summary>
internal interface ISessionPeer : IPeer
{
    /// <summary>What its session finds in its environment.</summary>
    IReadOnlyDictionary<string, string> Environment(IssuingPlace place);

    /// <summary>The script that a session begins with.</summary>
    string Opening(IssuingPlace place);

    /// <summary>The script that issues certificates, each for its names.</summary>
    string Issuing(IssuingPlace place, IReadOnlyList<IReadOnlyList<string>> certificates);
}
