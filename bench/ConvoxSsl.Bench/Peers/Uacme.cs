using ConvoxSsl.Bench.Measuring;

namespace ConvoxSsl.Bench.Peers;

/// <summary>
/// uacme with a hook. It trusts only the system's roots, so it runs in a mount namespace that has the CA's root in their
/// place, which only root can create.
/// </summary>
internal sealed class Uacme : IPeer
{
    private const string Roots = "/etc/ssl/certs/ca-certificates.crt";

    public string Name => "uacme";

    public string? Missing => ProgramCall.Find("uacme") is null ? "it is not installed"
        : !Environment.IsPrivilegedProcess || !File.Exists(Roots) || ProgramCall.Find("unshare") is null
            ? "only root can have it trust the test CA"
        : null;

    public bool NeedsWebServer => true;

    public ProgramCall Call(PeerContext place, IReadOnlyList<string> names)
    {
        var hook = HookScript.Write(place, "hook.sh", place.ChallengeKind == ChallengeKind.Http01
            ? $"""
                [ "$2" = http-01 ] || exit 1
                if [ "$1" = begin ]; then printf %s "$5" >'{place.ChallengeFolder}'/"$4"; else rm -f '{place.ChallengeFolder}'/"$4"; fi
                """
            : $"""
                [ "$2" = dns-01 ] || exit 1
                if [ "$1" = begin ]
                then {HookScript.Call(place, "present", "$3", "$5")}
                else {HookScript.Call(place, "cleanup", "$3", "$5")}
                fi
                """);
        var uacme = $"uacme -y -a '{place.Ca.DirectoryUrl}' -c '{place["uacme"]}' -t EC -h '{hook}'";
        var script = HookScript.Write(place, "uacme.sh", $"""
            set -e
            mount --bind '{place.Ca.RootFile}' {Roots}
            [ -f '{place["uacme/private/key.pem"]}' ] || {uacme} new ops@example.org
            {uacme} issue {string.Join(' ', names)}
            """);
        return new ProgramCall("unshare", ["--mount", script]);
    }
}
