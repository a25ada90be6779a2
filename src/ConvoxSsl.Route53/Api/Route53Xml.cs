using System.Globalization;
using System.Xml.Linq;

namespace ConvoxSsl.Route53.Api;

/// <summary>The documents of the API, read and written.</summary>
internal static class Route53Xml
{
    /// <summary>The namespace of all of them.</summary>
    public const string Namespace = "https://route53.amazonaws.com/doc/2013-04-01/";

    private static readonly XNamespace Xml = Namespace;

    /// <summary>An id without <c>/hostedzone/</c> or <c>/change/</c>.</summary>
    public static string BareId(string id) => id[(id.LastIndexOf('/') + 1)..];

    /// <summary>The zones of a page.</summary>
    public static HostedZonePage ReadHostedZones(XElement root)
    {
        var zones = root.Descendants(Xml + "HostedZone").Select(ReadHostedZone).ToArray();
        return new HostedZonePage(zones, IsTruncated(root)
            ? new HostedZoneStart(root.Element(Xml + "NextDNSName")!.Value, BareId(root.Element(Xml + "NextHostedZoneId")!.Value))
            : null);
    }

    /// <summary>A zone, without its name servers.</summary>
    public static HostedZone ReadHostedZone(XElement zone) => new(
        BareId(zone.Element(Xml + "Id")!.Value),
        zone.Element(Xml + "Name")!.Value,
        zone.Element(Xml + "Config")?.Element(Xml + "PrivateZone")?.Value == "true",
        []);

    /// <summary>The record sets of a page.</summary>
    public static RecordSetPage ReadRecordSets(XElement root)
    {
        var sets = root.Descendants(Xml + "ResourceRecordSet").Select(ReadRecordSet).ToArray();
        return new RecordSetPage(sets, IsTruncated(root) ? root.Element(Xml + "NextRecordName")!.Value : null);
    }

    /// <summary>A batch of changes.</summary>
    public static XDocument WriteChanges(IEnumerable<RecordChange> changes) => new(new XElement(
        Xml + "ChangeResourceRecordSetsRequest",
        new XElement(
            Xml + "ChangeBatch",
            new XElement(Xml + "Changes", changes.Select(change => new XElement(
                Xml + "Change",
                new XElement(Xml + "Action", change.Action),
                new XElement(
                    Xml + "ResourceRecordSet",
                    new XElement(Xml + "Name", change.Set.Name),
                    new XElement(Xml + "Type", change.Set.Type),
                    new XElement(Xml + "TTL", change.Set.Ttl),
                    new XElement(Xml + "ResourceRecords", change.Set.Values.Select(value =>
                        new XElement(Xml + "ResourceRecord", new XElement(Xml + "Value", value)))))))))));

    private static RecordSet ReadRecordSet(XElement set) => new(
        set.Element(Xml + "Name")!.Value,
        set.Element(Xml + "Type")!.Value,
        set.Element(Xml + "TTL") is { } ttl ? long.Parse(ttl.Value, CultureInfo.InvariantCulture) : null,
        [.. set.Descendants(Xml + "ResourceRecord").Select(record => record.Element(Xml + "Value")!.Value)],
        set.Element(Xml + "SetIdentifier")?.Value,
        set.Element(Xml + "AliasTarget") is not null);

    private static bool IsTruncated(XElement root) => root.Element(Xml + "IsTruncated")?.Value == "true";
}
