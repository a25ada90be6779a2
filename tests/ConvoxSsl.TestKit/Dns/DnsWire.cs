using System.Buffers.Binary;
using System.Text;

namespace ConvoxSsl.TestKit.Dns;

/// <summary>A received question.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">The name in lower case without the final dot.</param>
/// <param name="Type">The record type.</param>
/// <param name="RecursionDesired">The RD flag.</param>
/// <param name="PayloadSize">The maximum size of a UDP response.</param>
/// <param name="HasEdns">True if it has an OPT record.</param>
/// <param name="Section">The question section, whose spelling the response repeats.</param>
internal sealed record DnsQuery(
    ushort Id, string Name, DnsRecordType Type, bool RecursionDesired, int PayloadSize, bool HasEdns, byte[] Section);

/// <summary>The part of the wire format (RFC 1035 section 4) that a server needs.</summary>
internal static class DnsWire
{
    /// <summary>Parses a query; null if it is not valid.</summary>
    public static DnsQuery? Read(ReadOnlySpan<byte> message)
    {
        if (message.Length < 17 || (message[2] & 0x80) != 0 || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1)
        {
            return null;
        }

        var index = 12;
        var labels = new List<string>();
        while (index < message.Length && message[index] is > 0 and <= 63 && index + 1 + message[index] < message.Length)
        {
            labels.Add(Encoding.ASCII.GetString(message.Slice(index + 1, message[index])));
            index += message[index] + 1;
        }

        if (index + 5 > message.Length || message[index] != 0)
        {
            return null;
        }

        var end = index + 5;
        var hasEdns = BinaryPrimitives.ReadUInt16BigEndian(message[10..]) > 0
            && message.Length >= end + 11
            && message[end + 2] == (int)DnsRecordType.OPT;
        return new DnsQuery(
            BinaryPrimitives.ReadUInt16BigEndian(message),
            string.Join('.', labels).ToLowerInvariant(),
            (DnsRecordType)BinaryPrimitives.ReadUInt16BigEndian(message[(index + 1)..]),
            (message[2] & 1) != 0,
            hasEdns ? Math.Max(512, (int)BinaryPrimitives.ReadUInt16BigEndian(message[(end + 3)..])) : 512,
            hasEdns,
            message[12..end].ToArray());
    }

    /// <summary>Writes a response without compression; if <paramref name="sections"/> is false, only the question.</summary>
    public static byte[] Write(DnsQuery query, DnsTestResponse response, bool truncated, bool sections)
    {
        using var stream = new MemoryStream();
        var (answers, authorities) = sections ? (response.Answers, response.Authorities) : ([], []);
        var flags = 0x8000 | (response.IsAuthoritative ? 0x0400 : 0) | (truncated ? 0x0200 : 0) | (query.RecursionDesired
            ? 0x0180
            : 0x0080) | response.Code;
        foreach (var number in (int[])[query.Id, flags, 1, answers.Count, authorities.Count, query.HasEdns ? 1 : 0])
        {
            WriteNumber(stream, number);
        }

        stream.Write(query.Section);
        foreach (var record in answers.Concat(authorities))
        {
            // A pointer to the question saves space (RFC 1035 section 4.1.4): Pebble uses only UDP and accepts 512 bytes.
            stream.Write(record.Name == query.Name ? [0xC0, 12] : Name(record.Name));
            WriteNumber(stream, (int)record.Type);
            WriteNumber(stream, 1);
            stream.Write([0, 0, 0, 1]);
            WriteNumber(stream, record.Data.Length);
            stream.Write(record.Data);
        }

        if (query.HasEdns)
        {
            stream.Write([0, 0, (byte)DnsRecordType.OPT, 0x04, 0xD0, 0, 0, 0, 0, 0, 0]);
        }

        return stream.ToArray();
    }

    /// <summary>Encodes a name without compression.</summary>
    public static byte[] Name(string name) =>
        [.. name.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(l => Encoding.ASCII.GetBytes(l).Prepend((byte)l.Length)), 0];

    /// <summary>Encodes a text as strings of at most 255 bytes (RFC 1035 section 3.3.14).</summary>
    public static byte[] Text(string value) =>
        value.Length == 0 ? [0] : [.. Encoding.UTF8.GetBytes(value).Chunk(255).SelectMany(c => c.Prepend((byte)c.Length))];

    /// <summary>Encodes a CAA property (RFC 8659 section 4.1).</summary>
    public static byte[] Caa(byte flags, string tag, string value) =>
        [flags, (byte)tag.Length, .. Encoding.ASCII.GetBytes(tag), .. Encoding.ASCII.GetBytes(value)];

    private static void WriteNumber(Stream stream, int number) => stream.Write([(byte)(number >> 8), (byte)number]);
}
