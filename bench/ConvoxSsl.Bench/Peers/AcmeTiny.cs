using ConvoxSsl.Bench.Measuring;

namespace ConvoxSsl.Bench.Peers;

/// <summary>acme-tiny, which leaves keys and signing requests to openssl and supports http-01 only.</summary>
internal sealed class AcmeTiny : IPeer
{
    public string Name => "acme-tiny";

    public string? Missing => ProgramCall.Find("acme-tiny") is null || ProgramCall.Find("openssl") is null ? "it is not installed" : null;

    public bool NeedsWebServer => true;

    public bool Offers(ChallengeKind proof) => proof == ChallengeKind.Http01;

    public ProgramCall Call(PeerContext place, IReadOnlyList<string> names)
    {
        var script = HookScript.Write(place, "acme-tiny.sh", $"""
            set -e
            cd '{place.Home}'
            [ -f account.key ] || openssl genrsa -out account.key 2048
            openssl ecparam -name prime256v1 -genkey -noout -out private.key
            openssl req -new -key private.key -subj / -out request.csr \
              -addext 'subjectAltName={string.Join(',', names.Select(n => "DNS:" + n))}'
            acme-tiny --quiet --account-key account.key --csr request.csr --acme-dir '{place.ChallengeFolder}' \
              --directory-url '{place.Ca.DirectoryUrl}' --disable-check >certificate.pem
            """);
        return new ProgramCall("sh", [script])
        {
            Environment = new Dictionary<string, string> { ["SSL_CERT_FILE"] = place.Ca.RootFile },
        };
    }
}
