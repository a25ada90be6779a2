using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Pebble;

namespace ConvoxSsl.KillMatrix.Tests;

/// <summary>
/// Pebble, and http-01 through a separate web server. Pebble validates once and immediately, so a key authorization served
/// by the killed process would fail the order permanently.
/// </summary>
public sealed class PebbleServers : MatrixServers
{
    private readonly TemporaryDirectory _web = new();
    private PebbleServer _pebble = null!;
    private StaticWebServer _server = null!;

    private PebbleServers()
    {
    }

    /// <inheritdoc/>
    public override Uri DirectoryUrl => _pebble.DirectoryUrl;

    /// <inheritdoc/>
    public override string RootFile => _pebble.RootFile;

    /// <summary>Starts them.</summary>
    public static async Task<PebbleServers> StartAsync()
    {
        var servers = new PebbleServers();
        servers._pebble = await PebbleServer.StartAsync(new PebbleOptions(), CancellationToken.None);
        servers._server = await StaticWebServer.StartAsync(servers.GetWebRoot, servers._pebble.HttpPort, CancellationToken.None);
        return servers;
    }

    /// <inheritdoc/>
    public override string GetValidationArgument(MatrixCase matrixCase) => GetWebRoot(matrixCase.Name);

    /// <inheritdoc/>
    protected override IssuanceSettings CreateSettings(MatrixCase matrixCase) => new() { WebRoot = GetWebRoot(matrixCase.Name) };

    /// <inheritdoc/>
    public override Task PrepareAsync(MatrixCase matrixCase)
    {
        Directory.CreateDirectory(GetWebRoot(matrixCase.Name));
        return Task.CompletedTask;
    }

    // Pebble validates within milliseconds and shows no intermediate state; the next run starts later than that.
    /// <inheritdoc/>
    public override Task SettleAsync(MatrixCase matrixCase) => Task.Delay(TimeSpan.FromMilliseconds(200));

    /// <inheritdoc/>
    protected override bool IsRejected(Uri order) => _pebble.RejectedOrders.Any(rejected => rejected.AbsolutePath == order.AbsolutePath);

    /// <inheritdoc/>
    public override void AssertNothingIsPublished(MatrixCase matrixCase) =>
        Assert.Empty(Directory.GetFileSystemEntries(GetWebRoot(matrixCase.Name)));

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _server.DisposeAsync();
        await _pebble.DisposeAsync();
        _web.Dispose();
    }

    private string GetWebRoot(string name) => _web[name];
}
