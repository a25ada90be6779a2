using System.Text;
using ConvoxSsl.Engine.Dns.Caa;
using ConvoxSsl.Engine.Dns.Resolution;
using ConvoxSsl.Fuzzing.Mutations;

namespace ConvoxSsl.Fuzzing.Targets;

/// <summary>Fuzz targets for responses of DNS servers, over real sockets, because the DNS library has no parser to call.</summary>
internal static class DnsTargets
{
    private const string Name = "www.example.org";

    public static IEnumerable<FuzzTarget> All()
    {
        var mutator = new ByteMutator("\u00c0\u000c", "\u00c0\u00ff", "\u00ff\u00ff", "\0\u0010\0\u0001", "\u003f", "\u0001a");
        byte[] name = [.. Label("www"), .. Label("example"), .. Label("org"), 0];
        yield return new FuzzTarget(
            "dns-answer",
            mutator,
            [
                Message(name, 16, Record(16, [5, .. "value"u8, 3, .. "two"u8]), Record(16, [0])),
                Message(name, 5, Record(5, [.. Label("alias"), 0xC0, 0x10]), Record(5, [0xC0, 0x0C])),
                Message(
                    name, 257, Record(257, [0x80, 5, .. "issue"u8, .. "ca.example"u8]), Record(257, [0, 9, .. "issuewild"u8, (byte)';'])),
                Message(name, 2, Record(2, [.. Label("ns"), 0xC0, 0x0C]), Record(1, [192, 0, 2, 1]), Record(28, new byte[16])),
                Message(name, 6, Record(6, [.. Label("ns"), 0xC0, 0x0C, .. Label("root"), 0xC0, 0x0C, .. new byte[20]])),
            ],
            ReadAsync,
            2);
    }

    private static byte[] Label(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Record(byte type, byte[] data) => Record((int)type, data);

    private static byte[] Record(int type, byte[] data) =>
        [0xC0, 0x0C, (byte)(type >> 8), (byte)type, 0, 1, 0, 0, 0, 60, (byte)(data.Length >> 8), (byte)data.Length, .. data];

    private static byte[] Message(byte[] name, int type, params byte[][] records) =>
        [
            0, 0, 0x85, 0x80, 0, 1, 0, (byte)records.Length, 0, 0, 0, 0, .. name, (byte)(type >> 8), (byte)type, 0, 1,
            .. records.SelectMany(r => r),
        ];

    private static async Task ReadAsync(byte[] input, CancellationToken ct)
    {
        var server = FuzzedDns.Take();
        try
        {
            server.Answer = input;
            var resolver = new DnsResolver(new DnsResolverOptions
            {
                Servers = [new DnsServer("127.0.0.1", server.Port)],
                Attempts = 1,
                LocateNameServer = _ => [],
            });
            await (((uint)input.Length % 6) switch
            {
                0 => new AliasLookup(resolver).FollowAsync(Name, ct),
                1 => resolver.GetNameServersAsync(Name, ct),
                2 => resolver.FindZoneAsync(Name, ct),
                3 => resolver.GetAddressesAsync(Name, ct),
                4 => EvaluateAsync(resolver, ct),
                _ => (Task)resolver.GetTxtAsync(Name, ct),
            });
        }
        finally
        {
            server.GiveBack();
        }
    }

    private static async Task EvaluateAsync(DnsResolver resolver, CancellationToken ct) =>
        CaaPolicy.Evaluate(
            await resolver.GetCaaAsync(Name, ct), new CaaRequest(["ca.example"], "dns-01", "https://ca.example/1", IsWildcard: false));
}
