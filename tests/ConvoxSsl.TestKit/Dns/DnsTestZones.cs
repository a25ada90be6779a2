using System.Net;

namespace ConvoxSsl.TestKit.Dns;

/// <summary>
/// Zones and their records, which can change while servers use them. Keeps removed records, because a
/// lagging server still returns them.
/// </summary>
/// <param name="time">The clock for lags.</param>
public sealed class DnsTestZones(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly List<DnsTestRecord> _records = [];

    /// <summary>The clock.</summary>
    public TimeProvider Time => time;

    /// <summary>Adds a zone: its SOA record and the NS records of its name servers.</summary>
    public DnsTestZones AddZone(string name, params string[] nameServers)
    {
        byte[] soa = [.. DnsWire.Name("ns." + name), .. DnsWire.Name("hostmaster." + name), .. Enumerable.Repeat((byte)1, 20)];
        AddRecord(name, DnsRecordType.SOA, soa, string.Empty);
        return Delegate(name, nameServers);
    }

    /// <summary>Adds NS records; a name that is not a zone of this server is delegated.</summary>
    public DnsTestZones Delegate(string name, params string[] nameServers)
    {
        foreach (var server in nameServers)
        {
            AddRecord(name, DnsRecordType.NS, DnsWire.Name(server), server);
        }

        return this;
    }

    /// <summary>Adds an A or AAAA record.</summary>
    public DnsTestZones AddAddress(string name, string address)
    {
        var bytes = IPAddress.Parse(address).GetAddressBytes();
        return AddRecord(name, bytes.Length == 4 ? DnsRecordType.A : DnsRecordType.AAAA, bytes, address);
    }

    /// <summary>Adds a CNAME record.</summary>
    public DnsTestZones AddCname(string name, string target) => AddRecord(name, DnsRecordType.CNAME, DnsWire.Name(target), target);

    /// <summary>Adds a CAA record.</summary>
    public DnsTestZones AddCaa(string name, byte flags, string tag, string value) =>
        AddRecord(name, DnsRecordType.CAA, DnsWire.Caa(flags, tag, value), value);

    /// <summary>Adds a TXT value, from now on.</summary>
    public void AddTxt(string name, string value) => Change(name, null, value);

    /// <summary>Removes a TXT value, from now on.</summary>
    public void RemoveTxt(string name, string value) => Change(name, r => r.Text == value);

    /// <summary>Replaces all TXT values of a name, from now on.</summary>
    public void SetTxt(string name, params string[] values) => Change(name, _ => true, values);

    /// <summary>Gets the current TXT values of a name.</summary>
    public IReadOnlyList<string> GetTxt(string name)
    {
        lock (_gate)
        {
            return
            [
                .. _records.Where(r => r.Name == Key(name) && r.Type == DnsRecordType.TXT && r.IsThereAt(time.GetUtcNow()))
                    .Select(r => r.Text),
            ];
        }
    }

    /// <summary>Gets all records that exist at a time.</summary>
    internal IReadOnlyList<DnsTestRecord> At(DateTimeOffset moment)
    {
        lock (_gate)
        {
            return _records.FindAll(r => r.IsThereAt(moment));
        }
    }

    private static string Key(string name) => name.TrimEnd('.').ToLowerInvariant();

    private void Change(string name, Predicate<DnsTestRecord>? removed, params string[] added)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            for (var i = 0; i < _records.Count; i++)
            {
                var record = _records[i];
                if (removed is not null
                    && record.Name == Key(name)
                    && record.Type == DnsRecordType.TXT
                    && record.IsThereAt(now)
                    && removed(record))
                {
                    _records[i] = record with { Removed = now };
                }
            }

            _records.AddRange(added.Select(v => new DnsTestRecord(Key(name), DnsRecordType.TXT, DnsWire.Text(v), v) { Added = now }));
        }
    }

    private DnsTestZones AddRecord(string name, DnsRecordType type, byte[] data, string text)
    {
        lock (_gate)
        {
            _records.Add(new DnsTestRecord(Key(name), type, data, text));
        }

        return this;
    }
}
