using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace ConvoxSsl.Route53.Api;

/// <summary>The documents of the API, read and written.</summary>
internal static class Route53Xml
{
    /// <summary>The namespace of all of them.</summary>
    public const string Namespace = "https://route53.amazonaws.com/doc/2013-04-01/";

    private static readonly XNamespace Xml = Namespace;

    /// <summary>An id without <c>/hostedzone/</c> or <c>/change/</c>.</summary>
    // Far above the longest page, of a thousand records.
    private const long MostCharacters = 8 << 20;

    /// <summary>Reads a document: no entities, which could swell or reach for files, and no end of text.</summary>
    /// <exception cref="XmlException">It is not XML, or none that AWS would send.</exception>
    public static XElement Load(Stream stream)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MostCharacters };
        using var reader = XmlReader.Create(stream, settings);
        return XDocument.Load(reader).Root!;
    }

    /// <summary>What an element below another one holds.</summary>
    /// <exception cref="XmlException">There is none.</exception>
    public static string Text(XElement parent, string name) =>
        parent.Element(Xml + name)?.Value ?? throw new XmlException($"'{parent.Name.LocalName}' has no '{name}'.");

    public static string BareId(string id) => id[(id.LastIndexOf('/') + 1)..];

    /// <summary>The zones of a page.</summary>
    public static HostedZonePage ReadHostedZones(XElement root)
    {
        var zones = root.Descendants(Xml + "HostedZone").Select(ReadHostedZone).ToArray();
        return new HostedZonePage(zones, IsTruncated(root)
            ? new HostedZoneStart(Text(root, "NextDNSName"), BareId(Text(root, "NextHostedZoneId")))
            : null);
    }

    /// <summary>A zone, without its name servers.</summary>
    public static HostedZone ReadHostedZone(XElement zone) => new(
        BareId(Text(zone, "Id")),
        Text(zone, "Name"),
        zone.Element(Xml + "Config")?.Element(Xml + "PrivateZone")?.Value == "true",
        []);

    /// <summary>The record sets of a page.</summary>
    public static HostedZone ReadOneHostedZone(XElement root)
    {
        var servers = root.Element(Xml + "DelegationSet")?.Descendants(Xml + "NameServer").Select(e => e.Value.TrimEnd('.').ToLowerInvariant());
        var zone = root.Element(Xml + "HostedZone") ?? throw new XmlException("There is no hosted zone in it.");
        return ReadHostedZone(zone) with { NameServers = [.. servers ?? []] };
    }

    public static string ReadChange(XElement root, string name) =>
        root.Descendants(Xml + name).FirstOrDefault()?.Value ?? throw new XmlException($"It has no '{name}'.");

    public static RecordSetPage ReadRecordSets(XElement root)
    {
        var sets = root.Descendants(Xml + "ResourceRecordSet").Select(ReadRecordSet).ToArray();
        return new RecordSetPage(sets, IsTruncated(root) ? Text(root, "NextRecordName") : null);
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
        Text(set, "Name"),
        Text(set, "Type"),
        set.Element(Xml + "TTL") is { } ttl ? Number(ttl) : null,
        [.. set.Descendants(Xml + "ResourceRecord").Select(record => Text(record, "Value"))],
        set.Element(Xml + "SetIdentifier")?.Value,
        set.Element(Xml + "AliasTarget") is not null);

    // The document is one of Route53 and lacks what each such has.
    private static long Number(XElement element) => long.TryParse(element.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new XmlException($"'{element.Name.LocalName}' is not a number.");

    private static bool IsTruncated(XElement root) => root.Element(Xml + "IsTruncated")?.Value == "true";
}
