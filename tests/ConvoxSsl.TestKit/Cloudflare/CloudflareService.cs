using System.Globalization;
using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Cloudflare;

/// <summary>The API: routes, permissions and zones. Callers must hold the lock of the state.</summary>
internal sealed class CloudflareService(CloudflareState state, CloudflareTestServerOptions options)
{
    private readonly RecordsResource _records = new(state, options);
    private DateTimeOffset _windowEnd;
    private int _inWindow;

    /// <param name="call">The request.</param>
    /// <param name="changed">Collects the names whose records change.</param>
    public CloudflareApiResponse Handle(CloudflareApiRequest call, ISet<string> changed)
    {
        try
        {
            return CountRequest() ?? Route(call, CallerIdentity.Of(call, state), changed);
        }
        catch (RejectedException e)
        {
            return e.Response;
        }
    }

    private CloudflareApiResponse? CountRequest()
    {
        var now = options.Time.GetUtcNow();
        if (now >= _windowEnd)
        {
            (_windowEnd, _inWindow) = (now + options.Window, 0);
        }

        return ++_inWindow <= options.MostRequests
            ? null
            : CloudflareApiResponse.Error(429, 971, "Please wait and consider throttling your request speed")
                .After((int)Math.Ceiling((_windowEnd - now).TotalSeconds));
    }

    private CloudflareApiResponse Route(CloudflareApiRequest call, CallerIdentity caller, ISet<string> changed)
    {
        switch (call.Method, call.Segments)
        {
            case ("GET", ["user", "tokens", "verify"]):
                return caller.Email is null
                    ? CloudflareApiResponse.Success(new JsonObject { ["id"] = CloudflareState.NewId(), ["status"] = caller.Grant.Status })
                    : throw RejectedException.Of(400, 10000, "GET method not allowed for the api_key authentication scheme");
            case ("GET", ["user"]):
                return caller.Email is null
                    ? throw RejectedException.Of(403, 9109, "Unauthorized to access requested resource")
                    : CloudflareApiResponse.Success(new JsonObject { ["id"] = CloudflareState.NewId(), ["email"] = caller.Email });
            case ("GET", ["zones"]):
                return ListZones(call, caller.Grant);
            case (_, ["zones", var id, "dns_records", .. var rest]):
                return _records.Handle(call, ZoneFor(caller.Grant, id, rest, call.IsWriting), rest, changed);
            case (_, ["zones", "dns_records", ..]):
                throw RejectedException.Of(
                    404,
                    7003,
                    $"Could not route to /client/v4/{string.Join('/', call.Segments)}, perhaps your object identifier is invalid?");
            default:
                throw RejectedException.Of(404, 7000, "No route for that URI");
        }
    }

    private CloudflareApiResponse ListZones(CloudflareApiRequest call, CloudflareGrant grant)
    {
        if (!grant.ZoneRead)
        {
            throw RejectedException.Of(403, 9109, "Unauthorized to access requested resource");
        }

        var name = call.Query.GetValueOrDefault("name");
        var zones = state.Zones.Where(z => grant.Covers(z.Name) && name?.Split(':', 2) switch
        {
            null => true,
            ["ends_with", var suffix] => z.Shown.EndsWith(suffix, StringComparison.OrdinalIgnoreCase),
            _ => z.Shown == name,
        });
        return Page(call, [.. zones.Select(Describe)], 5, 50, 20);
    }

    private ServedZone ZoneFor(CloudflareGrant grant, string id, string[] rest, bool isWriting)
    {
        var zone = state.Zones.Find(z => z.Id == id)
            ?? throw RejectedException.Of(
                404, 7003, $"Could not route to /zones/{id}/dns_records, perhaps your object identifier is invalid?");
        if (!grant.Covers(zone.Name) || !(isWriting ? grant.DnsEdit : grant.DnsRead || grant.DnsEdit))
        {
            throw RejectedException.Of(403, 10000, "Authentication error");
        }

        return rest is ["batch"] && !options.HasBatch ? throw RejectedException.Of(404, 7000, "No route for that URI") : zone;
    }

    /// <summary>A page of a list, as requested and within the limits.</summary>
    public static CloudflareApiResponse Page(CloudflareApiRequest call, IReadOnlyList<JsonNode> items, int least, int most, int usual)
    {
        var (page, size) = (Number(call, "page", 1), Number(call, "per_page", usual));
        if (page < 1 || size < least || size > most)
        {
            throw RejectedException.Of(400, 1003, $"Invalid or missing page or per_page: {least} to {most}");
        }

        JsonNode[] pageItems = [.. items.Skip((page - 1) * size).Take(size)];
        return CloudflareApiResponse.Success(
            new JsonArray(pageItems),
            new JsonObject { ["page"] = page, ["per_page"] = size, ["count"] = pageItems.Length, ["total_count"] = items.Count });
    }

    private static int Number(CloudflareApiRequest call, string name, int usual) => !call.Query.TryGetValue(name, out var text)
        ? usual
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;

    private static JsonObject Describe(ServedZone zone) => new()
    {
        ["id"] = zone.Id,
        ["name"] = zone.Shown,
        ["status"] = zone.Status,
        ["paused"] = false,
        ["type"] = "full",
        ["name_servers"] = new JsonArray([.. zone.NameServers.Select(s => JsonValue.Create(s))]),
    };
}
