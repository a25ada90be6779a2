using System.Text;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Http;
using ConvoxSsl.Engine.Dns.Caa;
using ConvoxSsl.Engine.Dns.Providers.Cloudflare;
using ConvoxSsl.Engine.Dns.Resolution;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Fuzzing.Mutations;

namespace ConvoxSsl.Fuzzing.Targets;

/// <summary>Fuzz targets for short texts from users, files and headers.</summary>
internal static class NameTargets
{
    private static readonly Uri Context = new("https://ca.example/cert/1");

    public static IEnumerable<FuzzTarget> All() =>
    [
        CreateTextTarget(
            "domain-name",
            ReadName,
            "www.example.org",
            "*.bücher.example",
            "192.0.2.1",
            "2001:db8::1",
            "xn--bcher-kva.example",
            "a.example."),
        CreateTextTarget("dns-zone", text => DnsZoneName.ParseAll([text, "example.org"]), "example.org", "bücher.example"),
        CreateTextTarget("dns-server", text => DnsServerList.Parse(text), "192.0.2.53, [2001:db8::53]:5353", "dns.example:53"),
        CreateTextTarget(
            "caa-value",
            text => CaaIssueValue.Parse(text).Get("validationmethods"),
            "ca.example; validationmethods=dns-01,http-01; accounturi=https://ca.example/1"),
        CreateTextTarget("txt-content", text => TxtContent.Unquote(text), "\"abc\" \"d\\034e\\\"f\""),
        CreateTextTarget(
            "retry-after", text => RetryAfterHeader.Parse(text, DateTimeOffset.UnixEpoch), "120", "Mon, 23 Nov 2026 12:01:00 GMT"),
        CreateTextTarget(
            "link-header",
            text => LinkHeader.FindTargets([text], Context, "alternate"),
            "<https://ca.example/2>;rel=\"alternate up\", </3>; title=\"a,b;c\"; rel=alternate"),
        CreateTextTarget("external-account", text => _ = new ExternalAccount("kid", text).MacKey, "bWFjLWtleQ", "bWFjLWtleQ=="),
    ];

    private static FuzzTarget CreateTextTarget(string name, Action<string> read, params string[] seeds) => new(
        name,
        new ByteMutator(
            ".",
            "..",
            "*.",
            "xn--",
            "-",
            "\0",
            "\u00c3\u00bc",
            "\u00ef\u00bf\u00bd",
            "\u00f0\u009f\u0098\u0080",
            "<",
            ">",
            "\"",
            "\\",
            ";",
            "=",
            ",",
            "rel=",
            "[",
            "]",
            ":",
            "%",
            "/"),
        [.. seeds.Select(Encoding.UTF8.GetBytes)],
        (input, _) =>
        {
            read(Encoding.UTF8.GetString(input));
            return Task.CompletedTask;
        },
        60);

    private static void ReadName(string text)
    {
        var name = CertificateName.Parse(text);

        // The canonical form must parse to itself.
        if (CertificateName.Parse(name.Value).Value != name.Value)
        {
            throw new InvalidOperationException($"'{name.Value}' is not read as itself.");
        }
    }
}
