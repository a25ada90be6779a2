using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace ConvoxSsl.Fuzzing.Mutations;

/// <summary>
/// Removes, duplicates or changes elements of an XML document, or adds entities; sometimes changes bytes.
/// </summary>
internal sealed class XmlMutator : IMutator
{
    private static readonly string[] Values =
        [
            "", " ", "x", "-1", "99999999999999999999", "0.5", "/", "\\", "\\9", "\\999", "\\12", "\"", "\"\\", "true", "false", "\\052.",
            "..", "a\u0001", new string('a', 70_000),
        ];

    private static readonly string[] Openings =
    [
        "<!DOCTYPE a [<!ENTITY x \"y\">]>",
        "<!DOCTYPE a SYSTEM \"file:///etc/passwd\">",
        "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>",
        "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c "
            + "\"&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;\"><!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;\"><!ENTITY x "
            + "\"&e;&e;&e;&e;&e;&e;&e;&e;\">]>",
    ];

    private readonly ByteMutator _bytes = new(
    [
        "<",
        ">",
        "</",
        "/>",
        "&x;",
        "&#0;",
        "&#xD800;",
        "]]>",
        "<![CDATA[",
        "<!--",
        "<?xml version=\"1.1\"?>",
        .. Openings,
    ]);

    public byte[] Mutate(IReadOnlyList<byte[]> seeds, Random random)
    {
        if (random.Next(4) == 0)
        {
            return _bytes.Mutate(seeds, random);
        }

        var document = XDocument.Parse(Encoding.UTF8.GetString(seeds[random.Next(seeds.Count)]));
        for (var times = 1 + random.Next(3); times > 0; times--)
        {
            var elements = document.Descendants().ToList();
            Change(elements[random.Next(elements.Count)], random);
        }

        var text = random.Next(20) == 0
            ? Openings[random.Next(Openings.Length)] + Written(document).Replace("example", "&x;", StringComparison.Ordinal)
            : Written(document);
        return Encoding.UTF8.GetBytes(text);
    }

    private static void Change(XElement element, Random random)
    {
        switch (random.Next(7))
        {
            case 0 when element.Parent is not null:
                element.Remove();
                break;
            case 1 when element.Parent is not null:
                element.AddAfterSelf(new XElement(element));
                break;
            case 2:
                element.Name = element.Name.LocalName;
                break;
            case 3:
                element.RemoveNodes();
                break;
            case 4 when random.Next(20) == 0:
                var inner = element;
                for (var depth = 0; depth < 2000; depth++)
                {
                    var next = new XElement(element.Name);
                    inner.Add(next);
                    inner = next;
                }

                break;
            default:
                element.Value = Values[random.Next(Values.Length)];
                break;
        }
    }

    // The changed document may not be writable.
    private static string Written(XDocument document)
    {
        try
        {
            return document.Root!.ToString(SaveOptions.DisableFormatting);
        }
        catch (Exception e) when (e is ArgumentException or XmlException)
        {
            return "<a>\u0001</a>";
        }
    }
}
