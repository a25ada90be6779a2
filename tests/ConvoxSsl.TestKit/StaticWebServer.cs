using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ConvoxSsl.TestKit;

/// <summary>A web server for the files of a directory, like one that already runs on a user's machine.</summary>
public sealed class StaticWebServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private StaticWebServer(WebApplication application) => _application = application;

    /// <summary>Starts a server on a port of 127.0.0.1.</summary>
    public static Task<StaticWebServer> StartAsync(string root, int port, CancellationToken ct) => StartAsync(_ => root, port, ct);

    /// <summary>Starts a server with a directory for each host.</summary>
    public static async Task<StaticWebServer> StartAsync(Func<string, string> rootOf, int port, CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var application = builder.Build();
        application.Run(async context =>
        {
            var file = Path.Combine(rootOf(context.Request.Host.Host), context.Request.Path.Value!.TrimStart('/'));
            context.Response.StatusCode = File.Exists(file) ? StatusCodes.Status200OK : StatusCodes.Status404NotFound;
            if (File.Exists(file))
            {
                await context.Response.Body.WriteAsync(await File.ReadAllBytesAsync(file, context.RequestAborted), context.RequestAborted);
            }
        });
        await application.StartAsync(ct);
        return new StaticWebServer(application);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _application.DisposeAsync();
}
