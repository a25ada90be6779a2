using System.Globalization;
using System.Xml.Linq;

namespace ConvoxSsl.TestKit.Route53;

/// <summary>The hosted zones, record sets and changes. Called under the server's lock.</summary>
internal sealed class Route53Service(Route53TestServerOptions options, Action<string> changed)
{
    public static readonly XNamespace Xml = "https://route53.amazonaws.com/doc/2013-04-01/";

    // The remaining number of PENDING responses for each change.
    private readonly Dictionary<string, int> _pending = [];

    public Dictionary<string, StoredZone> Zones { get; } = [];

    /// <summary>Gets the action and resource of a request.</summary>
    public static (string Action, string Resource) Action(AwsRequest request)
    {
        var path = request.RawPath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return (request.Method, path) switch
        {
            ("GET", ["2013-04-01", "hostedzonesbyname"]) => ("route53:ListHostedZonesByName", "*"),
            ("GET", ["2013-04-01", "hostedzone", var id]) => ("route53:GetHostedZone", "hostedzone/" + id),
            ("GET", ["2013-04-01", "hostedzone", var id, "rrset"]) => ("route53:ListResourceRecordSets", "hostedzone/" + id),
            ("POST", ["2013-04-01", "hostedzone", var id, "rrset"]) => ("route53:ChangeResourceRecordSets", "hostedzone/" + id),
            ("GET", ["2013-04-01", "change", var id]) => ("route53:GetChange", "change/" + id),
            _ => throw new AwsErrorException(404, "UnknownOperationException", $"There is no {request.Method} {request.RawPath}."),
        };
    }

    public AwsResponse Handle(string action, string resource, AwsRequest request)
    {
        var id = resource[(resource.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return action switch
        {
            "route53:ListHostedZonesByName" => ListZones(request),
            "route53:GetHostedZone" => GetZone(Zone(id)),
            "route53:ListResourceRecordSets" => ListSets(Zone(id), request),
            "route53:ChangeResourceRecordSets" => Change(Zone(id), request),
            _ => GetChange(id),
        };
    }

    private StoredZone Zone(string id) =>
        Zones.GetValueOrDefault(id) ?? throw new AwsErrorException(404, "NoSuchHostedZone", $"No hosted zone found with ID: {id}");

    // The list starts at the name and contains the following names too.
    private AwsResponse ListZones(AwsRequest request)
    {
        var start = RecordText.SortKey(RecordText.Name(
            request.QueryValue("dnsname") ?? throw new AwsErrorException(400, "InvalidInput", "dnsname is needed here.")));
        var startId = request.QueryValue("hostedzoneid") ?? string.Empty;
        var zones = Zones.Values
            .Where(zone =>
                (string.CompareOrdinal(RecordText.SortKey(zone.Name), start), string.CompareOrdinal(zone.Zone.Id, startId)) is ( > 0, _)
                    or (0, >= 0))
            .OrderBy(zone => RecordText.SortKey(zone.Name), StringComparer.Ordinal)
                .ThenBy(zone => zone.Zone.Id, StringComparer.Ordinal)
                .ToArray();
        var size = PageSize(request, 100);
        return CreateResponse(
            "ListHostedZonesByNameResponse",
            new XElement(Xml + "HostedZones", zones.Take(size).Select(Describe)),
            new XElement(Xml + "IsTruncated", zones.Length > size),
            zones.Length > size ? new XElement(Xml + "NextDNSName", zones[size].Name) : null,
            zones.Length > size ? new XElement(Xml + "NextHostedZoneId", zones[size].Zone.Id) : null,
            new XElement(Xml + "MaxItems", size));
    }

    private static AwsResponse GetZone(StoredZone zone) => CreateResponse(
        "GetHostedZoneResponse",
        Describe(zone),
        zone.Zone.IsPrivate
            ? null
            : new XElement(
                Xml + "DelegationSet",
                new XElement(Xml + "NameServers", zone.Zone.NameServers.Select(server => new XElement(Xml + "NameServer", server)))));

    private AwsResponse ListSets(StoredZone zone, AwsRequest request)
    {
        var name = RecordText.SortKey(RecordText.Name(request.QueryValue("name") ?? zone.Name));
        var type = request.QueryValue("type") ?? string.Empty;
        var sets = zone.InOrder()
            .Where(set =>
                (string.CompareOrdinal(RecordText.SortKey(set.Name), name), string.CompareOrdinal(set.Type, type)) is ( > 0, _)
                    or (0, >= 0))
                    .ToArray();
        var size = PageSize(request, 300);
        return CreateResponse(
            "ListResourceRecordSetsResponse",
            new XElement(Xml + "ResourceRecordSets", sets.Take(size).Select(Describe)),
            new XElement(Xml + "IsTruncated", sets.Length > size),
            new XElement(Xml + "MaxItems", size),
            sets.Length > size ? new XElement(Xml + "NextRecordName", sets[size].Name) : null,
            sets.Length > size ? new XElement(Xml + "NextRecordType", sets[size].Type) : null);
    }

    private AwsResponse Change(StoredZone zone, AwsRequest request)
    {
        if (request.Body is [0xEF, 0xBB, 0xBF, ..])
        {
            throw new AwsErrorException(400, "MalformedInput", "The document begins with a byte order mark.");
        }

        var batch = ChangeBatch.Read(XDocument.Load(new MemoryStream(request.Body)).Root!);
        var errors = batch.Apply(zone);
        if (errors.Count > 0)
        {
            return Refusal(errors);
        }

        foreach (var name in batch.TxtNames)
        {
            changed(RecordText.Plain(name));
        }

        var id = $"C{_pending.Count + 1:D10}";
        _pending[id] = options.PendingPolls;
        return CreateResponse("ChangeResourceRecordSetsResponse", ChangeInfo(id));
    }

    private AwsResponse GetChange(string id)
    {
        if (!_pending.TryGetValue(id, out var polls))
        {
            throw new AwsErrorException(404, "NoSuchChange", $"Could not find resource with ID: {id}");
        }

        var info = ChangeInfo(id);
        _pending[id] = polls - 1;
        return CreateResponse("GetChangeResponse", info);
    }

    private XElement ChangeInfo(string id) => new(
        Xml + "ChangeInfo",
        new XElement(Xml + "Id", "/change/" + id),
        new XElement(Xml + "Status", _pending[id] > 0 ? "PENDING" : "INSYNC"),
        new XElement(Xml + "SubmittedAt", options.Time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)));

    // The API reference shows a separate document; the real service also returns a general error.
    private AwsResponse Refusal(IReadOnlyList<string> errors) => options.RejectsInOwnDocument
        ? new AwsResponse(400, new XDocument(new XElement(
            Xml + "InvalidChangeBatch",
            new XElement(Xml + "Messages", errors.Select(error => new XElement(Xml + "Message", error))),
            new XElement(Xml + "RequestId", Guid.NewGuid()))))
        : new AwsErrorException(400, "InvalidChangeBatch", $"[{string.Join(", ", errors)}]").ToReply(Xml);

    private int PageSize(AwsRequest request, int most) => Math.Min(
        options.LargestPage, Math.Min(most, int.Parse(request.QueryValue("maxitems") ?? "100", CultureInfo.InvariantCulture)));

    private static XElement Describe(StoredZone zone) => new(
        Xml + "HostedZone",
        new XElement(Xml + "Id", "/hostedzone/" + zone.Zone.Id),
        new XElement(Xml + "Name", zone.Name),
        new XElement(Xml + "CallerReference", zone.Zone.Id),
        new XElement(Xml + "Config", new XElement(Xml + "PrivateZone", zone.Zone.IsPrivate)),
        new XElement(Xml + "ResourceRecordSetCount", zone.Sets.Count));

    private static XElement Describe(StoredSet set) => new(
        Xml + "ResourceRecordSet",
        new XElement(Xml + "Name", set.Name),
        new XElement(Xml + "Type", set.Type),
        set.SetIdentifier is null ? null : new XElement(Xml + "SetIdentifier", set.SetIdentifier),
        set.SetIdentifier is null ? null : new XElement(Xml + "Weight", 10),
        set.IsAlias ? null : new XElement(Xml + "TTL", set.Ttl),
        set.IsAlias
            ? new XElement(
                Xml + "AliasTarget",
                new XElement(Xml + "HostedZoneId", "ZALIAS"),
                new XElement(Xml + "DNSName", "target.example."),
                new XElement(Xml + "EvaluateTargetHealth", false))
            : new XElement(
                Xml + "ResourceRecords",
                set.Values.Select(value => new XElement(Xml + "ResourceRecord", new XElement(Xml + "Value", value)))));

    private static AwsResponse CreateResponse(string root, params XElement?[] content) =>
        new(200, new XDocument(new XElement(Xml + root, content.Cast<object?>().ToArray())));
}
