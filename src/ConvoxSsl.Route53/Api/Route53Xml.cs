using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace ConvoxSsl.Route53.Api;

/// <summary>Reads and writes the XML documents of the API.</summary>
internal static class Route53Xml
{
    /// <summary>The namespace of the documents.</summary>
    public const string Namespace = "https://route53.amazonaws.com/doc/2013-04-01/";

    private static readonly XNamespace Xml = Namespace;

    // Far above the largest page, of a thousand records.
    private const long MaxCharacters = 8 << 20;

    /// <summary>Reads a document. Entities are prohibited, because they can expand without limit or read files.</summary>
    /// <exception cref="XmlException">The document is not XML, or too large.</exception>
    public static XElement Load(Stream stream)
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = MaxCharacters,
        };
        using var reader = XmlReader.Create(stream, settings);
        return XDocument.Load(reader).Root!;
    }

    /// <summary>Gets the text of a child element.</summary>
    /// <exception cref="XmlException">There is no such element.</exception>
    public static string ReadText(XElement parent, string name) =>
        parent.Element(Xml + name)?.Value ?? throw new XmlException($"'{parent.Name.LocalName}' has no '{name}'.");

    /// <summary>Removes <c>/hostedzone/</c> or <c>/change/</c> from an id.</summary>
    public static string TrimId(string id) => id[(id.LastIndexOf('/') + 1)..];

    /// <summary>Reads a page of zones.</summary>
    public static HostedZonePage ReadHostedZones(XElement root)
    {
        var zones = root.Descendants(Xml + "HostedZone").Select(ReadHostedZone).ToArray();
        return new HostedZonePage(zones, IsTruncated(root)
            ? new HostedZoneStart(ReadText(root, "NextDNSName"), TrimId(ReadText(root, "NextHostedZoneId")))
            : null);
    }

    /// <summary>Reads a zone without its name servers.</summary>
    public static HostedZone ReadHostedZone(XElement zone) => new(
        TrimId(ReadText(zone, "Id")),
        ReadText(zone, "Name"),
        zone.Element(Xml + "Config")?.Element(Xml + "PrivateZone")?.Value == "true",
        []);

    /// <summary>Reads a zone with its name servers.</summary>
    public static HostedZone ReadOneHostedZone(XElement root)
    {
        var servers = root.Element(Xml + "DelegationSet")?.Descendants(Xml + "NameServer")
            .Select(e => e.Value.TrimEnd('.').ToLowerInvariant());
        var zone = root.Element(Xml + "HostedZone") ?? throw new XmlException("The document contains no hosted zone.");
        return ReadHostedZone(zone) with { NameServers = [.. servers ?? []] };
    }

    /// <summary>Reads a property of a change.</summary>
    public static string ReadChange(XElement root, string name) =>
        root.Descendants(Xml + name).FirstOrDefault()?.Value ?? throw new XmlException($"The document has no '{name}'.");

    /// <summary>Reads a page of record sets.</summary>
    public static RecordSetPage ReadRecordSets(XElement root)
    {
        var sets = root.Descendants(Xml + "ResourceRecordSet").Select(ReadRecordSet).ToArray();
        return new RecordSetPage(sets, IsTruncated(root) ? ReadText(root, "NextRecordName") : null);
    }

    /// <summary>Creates the document of a change batch.</summary>
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
        ReadText(set, "Name"),
        ReadText(set, "Type"),
        set.Element(Xml + "TTL") is { } ttl ? ReadNumber(ttl) : null,
        [.. set.Descendants(Xml + "ResourceRecord").Select(record => ReadText(record, "Value"))],
        set.Element(Xml + "SetIdentifier")?.Value,
        set.Element(Xml + "AliasTarget") is not null);

    private static long ReadNumber(XElement element) =>
        long.TryParse(element.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new XmlException($"'{element.Name.LocalName}' is not a number.");

    private static bool IsTruncated(XElement root) => root.Element(Xml + "IsTruncated")?.Value == "true";
}
