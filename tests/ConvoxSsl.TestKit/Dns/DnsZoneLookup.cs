namespace ConvoxSsl.TestKit.Dns;

/// <summary>Finds the response to a question (RFC 1034 section 4.3.2).</summary>
/// <param name="records">The current records.</param>
internal sealed class DnsZoneLookup(IReadOnlyList<DnsTestRecord> records)
{
    private const int NoError = 0;
    private const int NoSuchName = 3;
    private const int Refused = 5;
    private const int LongestChain = 16;

    /// <summary>Gets the response; aliases within the server's zones are followed.</summary>
    public DnsTestResponse Find(string name, DnsRecordType type)
    {
        var answers = new List<DnsTestRecord>();
        for (var current = name; ; current = answers[^1].Text)
        {
            if (ZoneOf(current) is not { } zone)
            {
                return new DnsTestResponse(answers.Count > 0 ? NoError : Refused, answers.Count > 0, answers, []);
            }

            if (FindDelegation(current, zone) is { Count: > 0 } delegation)
            {
                return new DnsTestResponse(NoError, answers.Count > 0, answers, delegation);
            }

            var zoneRecords = At(current, zone);
            var found = zoneRecords.Where(r => r.Type == type).ToList();
            if (found.Count > 0)
            {
                return new DnsTestResponse(NoError, true, [.. answers, .. found], []);
            }

            if (zoneRecords.FirstOrDefault(r => r.Type == DnsRecordType.CNAME) is { } alias && answers.Count < LongestChain)
            {
                answers.Add(alias);
                continue;
            }

            // NODATA and NXDOMAIN differ only in the response code (RFC 2308 section 2).
            return new DnsTestResponse(zoneRecords.Count > 0 || HasBelow(current) ? NoError : NoSuchName, true, answers, [Soa(zone)]);
        }
    }

    private static bool IsIn(string name, string zone) => name == zone || name.EndsWith("." + zone, StringComparison.Ordinal);

    private string? ZoneOf(string name) =>
        records.Where(r => r.Type == DnsRecordType.SOA && IsIn(Normalize(name), r.Name)).MaxBy(r => r.Name.Length)?.Name;

    private List<DnsTestRecord> FindDelegation(string name, string zone) =>
        [.. records.Where(r =>
            r.Type == DnsRecordType.NS && r.Name.Length > zone.Length && IsIn(r.Name, zone) && IsIn(Normalize(name), r.Name))];

    // A wildcard matches names that do not exist (RFC 4592); its records get the name of the question.
    private List<DnsTestRecord> At(string name, string zone)
    {
        var key = Normalize(name);
        var exact = records.Where(r => r.Name == key).ToList();
        if (exact.Count > 0 || HasBelow(key) || key == zone)
        {
            return exact;
        }

        for (var parent = key; parent != zone;)
        {
            parent = parent[(parent.IndexOf('.') + 1)..];
            var wild = records.Where(r => r.Name == "*." + parent).ToList();
            if (wild.Count > 0)
            {
                return wild.ConvertAll(r => r with { Name = key });
            }
        }

        return [];
    }

    private static string Normalize(string name) => name.TrimEnd('.').ToLowerInvariant();

    private bool HasBelow(string name) => records.Any(r => r.Name.EndsWith("." + Normalize(name), StringComparison.Ordinal));

    private DnsTestRecord Soa(string zone) => records.First(r => r.Type == DnsRecordType.SOA && r.Name == zone);
}
