using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace ConvoxSsl.Route53.Api;

/// <summary>
/// Reads and writes the XML documents of the API. Reads elements by their local names, as the AWS SDKs do: other implementations
/// of the API use other namespaces.
/// </summary>
internal static class Route53Xml
{
    private static readonly XNamespace Xml = "https://route53.amazonaws.com/doc/2013-04-01/";

    // Without a byte order mark, which is not part of the document and which not every implementation of the API skips.
    private static readonly XmlWriterSettings WriterSettings = new() { Encoding = new UTF8Encoding(false) };

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

    /// <summary>Encodes a document in UTF-8.</summary>
    public static byte[] ToBytes(XDocument document)
    {
        using var buffer = new MemoryStream();
        using (var writer = XmlWriter.Create(buffer, WriterSettings))
        {
            document.Save(writer);
        }

        return buffer.ToArray();
    }

    /// <summary>True if the document is a response of the API, not a page of a proxy.</summary>
    public static bool IsResponse(XElement root) => root.Name.LocalName.EndsWith("Response", StringComparison.Ordinal);

    /// <summary>Gets the text of a child element.</summary>
    /// <exception cref="XmlException">There is no such element.</exception>
    public static string ReadText(XElement parent, string name) =>
        FindChild(parent, name)?.Value ?? throw new XmlException($"'{parent.Name.LocalName}' has no '{name}'.");

    /// <summary>Removes <c>/hostedzone/</c> or <c>/change/</c> from an id.</summary>
    public static string TrimId(string id) => id[(id.LastIndexOf('/') + 1)..];

    /// <summary>Reads a page of zones.</summary>
    public static HostedZonePage ReadHostedZones(XElement root)
    {
        var zones = FindAll(root, "HostedZone").Select(ReadHostedZone).ToArray();
        return new HostedZonePage(zones, IsTruncated(root)
            ? new HostedZoneStart(ReadText(root, "NextDNSName"), TrimId(ReadText(root, "NextHostedZoneId")))
            : null);
    }

    /// <summary>Reads a zone without its name servers.</summary>
    public static HostedZone ReadHostedZone(XElement zone) => new(
        TrimId(ReadText(zone, "Id")),
        ReadText(zone, "Name"),
        FindChild(FindChild(zone, "Config"), "PrivateZone")?.Value == "true",
        []);

    /// <summary>Reads a zone with its name servers.</summary>
    public static HostedZone ReadOneHostedZone(XElement root)
    {
        var servers = FindChild(root, "DelegationSet") is { } set
            ? FindAll(set, "NameServer").Select(e => e.Value.TrimEnd('.').ToLowerInvariant())
            : [];
        var zone = FindChild(root, "HostedZone") ?? throw new XmlException("The document contains no hosted zone.");
        return ReadHostedZone(zone) with { NameServers = [.. servers] };
    }

    /// <summary>Reads a property of a change.</summary>
    public static string ReadChange(XElement root, string name) =>
        FindAll(root, name).FirstOrDefault()?.Value ?? throw new XmlException($"The document has no '{name}'.");

    /// <summary>Reads a page of record sets.</summary>
    public static RecordSetPage ReadRecordSets(XElement root)
    {
        var sets = FindAll(root, "ResourceRecordSet").Select(ReadRecordSet).ToArray();
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
        FindChild(set, "TTL") is { } ttl ? ReadNumber(ttl) : null,
        [.. FindAll(set, "ResourceRecord").Select(record => ReadText(record, "Value"))],
        FindChild(set, "SetIdentifier")?.Value,
        FindChild(set, "AliasTarget") is not null);

    private static long ReadNumber(XElement element) =>
        long.TryParse(element.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new XmlException($"'{element.Name.LocalName}' is not a number.");

    private static bool IsTruncated(XElement root) => FindChild(root, "IsTruncated")?.Value == "true";

    private static XElement? FindChild(XElement? parent, string name) => parent?.Elements().FirstOrDefault(e => e.Name.LocalName == name);

    private static IEnumerable<XElement> FindAll(XElement parent, string name) =>
        parent.Descendants().Where(e => e.Name.LocalName == name);
}
