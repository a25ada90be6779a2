using ConvoxSsl.Bench.Measuring;

namespace ConvoxSsl.Bench.Peers;

/// <summary>lego, with its own web server, a web root, or its provider <c>httpreq</c>. It skips the name server check.</summary>
/// <param name="sharesWebRoot">True to use a web root, so that several processes can run at once.</param>
internal sealed class Lego(bool sharesWebRoot) : IPeer
{
    public const string PeerName = "lego";

    public string Name => PeerName;

    public string? Missing => ProgramCall.Find("lego") is null ? "it is not installed" : null;

    public bool NeedsWebServer => sharesWebRoot;

    public ProgramCall Call(PeerContext place, IReadOnlyList<string> names)
    {
        string[] proof = place switch
        {
            { ChallengeKind: ChallengeKind.Dns01 } =>
                ["--dns", "httpreq", "--dns.disable-cp", "--dns.resolvers", place.World.Dns.Endpoint.ToString()],
            _ when sharesWebRoot => ["--http", "--http.webroot", place.WebRoot],
            _ => ["--http", "--http.port", $"127.0.0.1:{place.Ca.HttpPort}"],
        };
        return new ProgramCall(
            "lego",
            [
                "--accept-tos", "--email", "ops@example.org", "--server", place.Ca.DirectoryUrl, "--path", place["lego"],
                .. names.SelectMany(n => (string[])["--domains", n]), .. proof, "run",
            ])
        {
            Environment = new Dictionary<string, string>
            {
                ["LEGO_CA_CERTIFICATES"] = place.Ca.RootFile,
                ["HTTPREQ_ENDPOINT"] = place.World.Hooks.Url.AbsoluteUri,
            },
        };
    }
}
