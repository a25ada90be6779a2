using System.Xml;
using System.Xml.Linq;

namespace ConvoxSsl.TestKit;

/// <summary>Reads HTML pages that are well-formed XML.</summary>
public static class HtmlPage
{
    /// <summary>Parses a page. Fails unless every element is closed and every attribute quoted.</summary>
    public static XElement Parse(string page)
    {
        using var reader = XmlReader.Create(new StringReader(page), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XElement.Load(reader);
    }
}
