using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace ConvoxSsl.TestKit;

/// <summary>
/// A web server on 127.0.0.1 with one handler for all requests. Tests start thousands, so it reads no configuration, watches
/// no files and writes no logs.
/// </summary>
/// <param name="respond">Responds to a request.</param>
internal sealed class LoopbackServer(RequestDelegate respond) : IAsyncDisposable
{
    private WebApplication? _application;

    /// <summary>The certificate for HTTPS; null for HTTP.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>
    /// The protocols. The default allows one request at a time per connection, so that breaking a connection affects one request.
    /// </summary>
    public HttpProtocols Protocols { get; init; } = HttpProtocols.Http1;

    /// <summary>The maximum size of a request's body; null for Kestrel's.</summary>
    public long? MaxRequestBodySize { get; init; }

    /// <summary>The port; 0 for a free one.</summary>
    public int Port { get; init; }

    /// <summary>Starts the server and returns its port.</summary>
    public async Task<int> StartAsync(CancellationToken ct)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        if (Certificate is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBodySize ?? kestrel.Limits.MaxRequestBodySize;
            kestrel.Listen(IPAddress.Loopback, Port, Listen);
        });
        _application = builder.Build();
        _application.Run(respond);
        await _application.StartAsync(ct);
        var address = _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new Uri(address).Port;
    }

    /// <summary>Stops the server.</summary>
    public Task StopAsync(CancellationToken ct) => _application?.StopAsync(ct) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_application is not null)
        {
            await _application.DisposeAsync();
        }
    }

    private void Listen(ListenOptions listen)
    {
        listen.Protocols = Protocols;
        if (Certificate is not null)
        {
            listen.UseHttps(Certificate);
        }
    }
}
