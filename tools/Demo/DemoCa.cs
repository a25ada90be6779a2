using ConvoxSsl.TestKit.Acme;
using ConvoxSsl.TestKit.Pebble;

namespace Demo;

/// <summary>The CA of the demo: Pebble, or the scripted test CA if Pebble is not installed.</summary>
internal sealed record DemoCa(string Name, Uri DirectoryUrl, string RootFile, int HttpPort, IAsyncDisposable Server) : IAsyncDisposable
{
    public static async Task<DemoCa> StartAsync(CancellationToken ct)
    {
        if (PebbleServer.IsInstalled)
        {
            var pebble = await PebbleServer.StartAsync(new PebbleOptions(), ct);
            return new DemoCa("Pebble", pebble.DirectoryUrl, pebble.RootFile, pebble.HttpPort, pebble);
        }

        Console.WriteLine("Pebble is not installed: the demo uses the test CA of this repository.");
        var server = await AcmeTestServer.StartAsync(new AcmeTestServerOptions(), ct);
        return new DemoCa("the test CA", server.DirectoryUrl, server.RootFile, server.HttpPort, server);
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
