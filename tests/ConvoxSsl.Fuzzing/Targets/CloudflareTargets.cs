using System.Net;
using System.Text;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Providers.Cloudflare;
using ConvoxSsl.Fuzzing.Mutations;

namespace ConvoxSsl.Fuzzing.Targets;

/// <summary>Fuzz targets for responses of Cloudflare's API.</summary>
internal static class CloudflareTargets
{
    private const string Zones = """
        {"success":true,"errors":[],"messages":[],"result":[{"id":"023e105f4ecef8ad9ca31a8372d0c353","name":"example.org",
        "status":"active","name_servers":["a.ns.example","b.ns.example"]},
        {"id":"1","name":"sub.example.org","status":"pending","name_servers":[]}],"result_info":{"page":1,"per_page":50,"count":2,
        "total_count":2,"total_pages":1}}
        """;

    private const string Records = """
        {"success":true,"errors":[],"result":[{"id":"r1","type":"TXT","name":"_acme-challenge.example.org",
        "content":"\"old\" \"va\\034lue\"","ttl":60},
        {"id":"r2","type":"TXT","name":"_acme-challenge.example.org","content":"value"}],"result_info":{"page":1,"per_page":1000,
        "total_count":2}}
        """;

    private const string Refusal = """
        {"success":false,"errors":[{"code":6003,"message":"Invalid request headers","error_chain":[{"code":6111,
        "message":"Invalid format for Authorization header"}]},{"code":10000,"message":"Authentication error"}],"result":null}
        """;

    private static readonly Engine.Dns.Providers.TxtRecord Record = new("_acme-challenge.example.org", "value");

    public static IEnumerable<FuzzTarget> All() =>
    [
        Json("cloudflare-zones", "/zones", 200, FindAsync, Zones),
        Json("cloudflare-records", "/dns_records", 200, WriteAsync, Records),
        Json("cloudflare-refusal", "/dns_records", 403, WriteAsync, Refusal) with { RefusesSeeds = true },
        Json("cloudflare-check", "/verify", 200, CheckAsync, """{"success":true,"result":{"id":"1","status":"active"}}"""),
    ];

    private static FuzzTarget Json(
        string name, string path, int status, Func<CloudflareProvider, CancellationToken, Task> useAsync, string seed) => new(
        name,
        new JsonMutator(),
        [Encoding.UTF8.GetBytes(seed)],
        async (input, ct) =>
        {
            using var api = new FuzzedApi(path, status, input);
            using var provider = new CloudflareProvider(
                new CloudflareCredential(null, new DnsSecret("token")),
                new CloudflareOptions { Handler = api, Retries = 0, BaseUrl = new Uri("https://api.example") });
            await useAsync(provider, ct);
        },
        3);

    private static Task FindAsync(CloudflareProvider provider, CancellationToken ct) =>
        provider.FindZoneAsync("_acme-challenge.www.example.org", ct);

    private static async Task WriteAsync(CloudflareProvider provider, CancellationToken ct)
    {
        try
        {
            await provider.PresentAsync([Record], ct);
        }
        catch (Exception e) when (FuzzTarget.IsRejection(e))
        {
        }

        await provider.CleanUpAsync([Record], ct);
    }

    private static async Task CheckAsync(CloudflareProvider provider, CancellationToken ct)
    {
        await foreach (var _ in provider.CheckAsync("example.org", ct))
        {
        }
    }

    /// <summary>Returns the input for paths with a suffix, and valid responses for all others.</summary>
    private sealed class FuzzedApi(string path, int status, byte[] body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var requestPath = request.RequestUri!.AbsolutePath;
            if (requestPath.EndsWith(path, StringComparison.Ordinal))
            {
                return Task.FromResult(new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(body) });
            }

            var text = requestPath.EndsWith("/zones", StringComparison.Ordinal) ? Zones : Records;
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text)),
            });
        }
    }
}
