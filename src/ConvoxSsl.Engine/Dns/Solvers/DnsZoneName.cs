using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Dns.Solvers;

/// <summary>Parses names of zones.</summary>
public static class DnsZoneName
{
    /// <summary>Parses zones to distinct lowercase A-labels without the final dot.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidDnsZone</c>: one of them is not a zone, or there is none.</exception>
    public static IReadOnlyList<string> ParseAll(IEnumerable<string?> texts)
    {
        var zones = texts.Select(Parse).Distinct(StringComparer.Ordinal).ToList();
        return zones.Count > 0 ? zones : throw new InvalidInputException(ErrorCode.InvalidDnsZone, "There is no DNS zone.")
        {
            Remedy = new Remedy("InvalidDnsZone.Missing"),
        };
    }

    private static string Parse(string? text)
    {
        CertificateName name;
        try
        {
            name = CertificateName.ParseZone(text);
        }
        catch (InvalidInputException e)
        {
            throw new InvalidInputException(ErrorCode.InvalidDnsZone, e.Message, text, e) { Remedy = e.Remedy };
        }

        return name.IsAddress || name.IsWildcard
            ? throw new InvalidInputException(
                ErrorCode.InvalidDnsZone, $"'{text}' is not a DNS zone: it is {(name.IsAddress ? "an address" : "a wildcard")}.", text)
            {
                Remedy = $"Use the zone itself, such as {(name.IsWildcard ? name.BaseName : "example.org")}.",
            }
            : name.Value;
    }
}
