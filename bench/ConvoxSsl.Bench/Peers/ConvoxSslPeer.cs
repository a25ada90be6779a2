using ConvoxSsl.Bench.Measuring;
using ConvoxSsl.Bench.PowerShell;
using ConvoxSsl.Bench.World;
using ConvoxSsl.TestKit;
using static ConvoxSsl.Bench.Peers.SessionScript;

namespace ConvoxSsl.Bench.Peers;

/// <summary>This module. Like all peers it skips the name server check, because nothing listens on port 53.</summary>
/// <param name="program">The PowerShell.</param>
/// <param name="module">The directory of the build.</param>
internal sealed class ConvoxSslPeer(PowerShellProgram program, string module) : ISessionPeer
{
    public const string PeerName = "ConvoxSsl";

    /// <summary>The directory of this repository's build.</summary>
    public static string Module { get; } = Path.Combine(RepositoryRoot.Path, "out", "ConvoxSsl");

    public string Name => PeerName;

    public string? Missing => Directory.Exists(module) ? null : $"{module} is not built";

    public bool NeedsWebServer => false;

    public ProgramCall Call(PeerContext place, IReadOnlyList<string> names) => SessionScript.Call(program, this, place, names);

    public IReadOnlyDictionary<string, string> Environment(PeerContext place) => new Dictionary<string, string>
    {
        ["CONVOXSSL_HOME"] = place["rack"],
        ["CLOUDFLARE_BASE_URL"] = place.World.Cloudflare.BaseUrl.AbsoluteUri,
    };

    public string Opening(PeerContext place) =>
        $"Import-Module {Quote(module)}" + (place.ChallengeKind == ChallengeKind.Http01 || File.Exists(place["rack/solvers.json"])
        ? string.Empty
        : $"\n$null = Add-ConvoxDnsSolver -Id 1 -DnsZone {Quote(BenchWorld.ZoneNames)} -ApiToken {Quote(BenchWorld.Token)}");

    public string Issuing(PeerContext place, IReadOnlyList<IReadOnlyList<string>> certificates)
    {
        var command = Command(place, certificates);
        return certificates.Count == 1
            ? $"$null = {command}"
            : $"$made = @({command})\nif ($made.Count -ne {certificates.Count}) {{ throw \"Only $($made.Count) were issued.\" }}";
    }

    /// <summary>Creates a script that issues one batch, discards the results and prints the live heap in bytes at intervals.</summary>
    public static string IssuingWithHeap(PeerContext place, IReadOnlyList<IReadOnlyList<string>> certificates, int every) => $$"""
        $finished = 0
        {{Command(place, certificates)}} | ForEach-Object { if (++$finished % {{every}} -eq 0) { [System.GC]::GetTotalMemory($true) } }
        if ($finished -ne {{certificates.Count}}) { throw "Only $finished were issued." }
        """;

    private static string Command(PeerContext place, IReadOnlyList<IReadOnlyList<string>> certificates)
    {
        var proof = place.ChallengeKind == ChallengeKind.Http01
            ? $"-Challenge Http01 -HttpPort {place.Ca.HttpPort}"
            : $"-Challenge Dns01 -DnsServer {Quote(place.World.Dns.Endpoint.ToString())} -SkipPropagationCheck";
        var names = certificates is [var only] ? Quote(only) : Quote(certificates.Select(c => string.Join(' ', c)));
        var issuing =
            $"-Issuer {Quote(place.Ca.DirectoryUrl)} -CaCertificate {Quote(place.Ca.RootFile)} -Contact ops@example.org "
                + $"-AcceptTermsOfService {proof}";
        return certificates.Count == 1 ? $"New-ConvoxCertificate {names} {issuing}" : $"{names} | New-ConvoxCertificate {issuing}";
    }
}
