using Microsoft.AspNetCore.Http;

namespace ConvoxSsl.TestKit;

/// <summary>A web server for the files of a directory, like one that already runs on a user's machine.</summary>
public sealed class StaticWebServer : IAsyncDisposable
{
    private readonly LoopbackServer _server;

    private StaticWebServer(LoopbackServer server) => _server = server;

    /// <summary>Starts a server on a port of 127.0.0.1.</summary>
    public static Task<StaticWebServer> StartAsync(string root, int port, CancellationToken ct) => StartAsync(_ => root, port, ct);

    /// <summary>Starts a server with a directory for each host.</summary>
    public static async Task<StaticWebServer> StartAsync(Func<string, string> rootOf, int port, CancellationToken ct)
    {
        var server = new LoopbackServer(async context =>
        {
            var file = Path.Combine(rootOf(context.Request.Host.Host), context.Request.Path.Value!.TrimStart('/'));
            context.Response.StatusCode = File.Exists(file) ? StatusCodes.Status200OK : StatusCodes.Status404NotFound;
            if (File.Exists(file))
            {
                await context.Response.Body.WriteAsync(await File.ReadAllBytesAsync(file, context.RequestAborted), context.RequestAborted);
            }
        })
        {
            Port = port,
        };
        await server.StartAsync(ct);
        return new StaticWebServer(server);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
