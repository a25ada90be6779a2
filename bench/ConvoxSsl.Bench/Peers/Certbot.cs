using ConvoxSsl.Bench.Measuring;

namespace ConvoxSsl.Bench.Peers;

/// <summary>certbot, with its own web server or its manual plugin with hooks.</summary>
internal sealed class Certbot : IPeer
{
    public const string PeerName = "certbot";

    public string Name => PeerName;

    public string? Missing => ProgramCall.Find("certbot") is null ? "it is not installed" : null;

    public bool NeedsWebServer => false;

    public ProgramCall Call(PeerContext place, IReadOnlyList<string> names)
    {
        string[] proof = place.ChallengeKind == ChallengeKind.Http01
            ? ["--standalone", "--http-01-address", "127.0.0.1", "--http-01-port", $"{place.Ca.HttpPort}"]
            :
            [
                "--manual", "--preferred-challenges", "dns",
                "--manual-auth-hook", Hook(place, "present"), "--manual-cleanup-hook", Hook(place, "cleanup"),
            ];
        return new ProgramCall(
            "certbot",
            [
                "certonly", "--non-interactive", "--agree-tos", "--email", "ops@example.org", "--no-eff-email",
                "--server", place.Ca.DirectoryUrl, "--config-dir", place["certbot"],
                "--work-dir", place["work"], "--logs-dir", place["logs"], "--key-type", "ecdsa",
                .. names.SelectMany(n => (string[])["-d", n]), .. proof,
            ])
        {
            Environment = new Dictionary<string, string> { ["REQUESTS_CA_BUNDLE"] = place.Ca.RootFile },
        };
    }

    private static string Hook(PeerContext place, string what) =>
        HookScript.Write(place, $"{what}.sh", HookScript.Call(place, what, "$CERTBOT_DOMAIN", "$CERTBOT_VALIDATION"));
}
