using System.Net;
using System.Text.Json.Nodes;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Dns;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace ConvoxSsl.Bench.World;

/// <summary>
/// The DNS provider of the peers: <c>/present</c> and <c>/cleanup</c> with <c>fqdn</c> and <c>value</c>, called by lego's
/// <c>httpreq</c> and by the hooks of the others. Each call takes as long as one of the module's provider.
/// </summary>
internal sealed class HookProvider : IAsyncDisposable
{
    private readonly WebApplication _application;
    private int _calls;

    private HookProvider(WebApplication application, Uri url) => (_application, Url) = (application, url);

    public Uri Url { get; }

    public int Calls => _calls;

    public static async Task<HookProvider> StartAsync(DnsTestZones zones, TimeSpan delay, CancellationToken ct)
    {
        var url = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url.AbsoluteUri);
        var provider = new HookProvider(builder.Build(), url);
        provider._application.Run(async context =>
        {
            Interlocked.Increment(ref provider._calls);
            var body = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!;
            var (name, value) = (((string)body["fqdn"]!).TrimEnd('.'), (string)body["value"]!);
            await Task.Delay(delay, context.RequestAborted);
            if (context.Request.Path == "/present")
            {
                zones.AddTxt(name, value);
            }
            else
            {
                zones.RemoveTxt(name, value);
            }

            context.Response.StatusCode = (int)HttpStatusCode.OK;
        });
        await provider._application.StartAsync(ct);
        return provider;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
