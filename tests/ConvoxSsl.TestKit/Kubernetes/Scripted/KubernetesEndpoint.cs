using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ConvoxSsl.TestKit.Kubernetes.Scripted;

/// <summary>The HTTPS endpoint of the scripted server.</summary>
internal sealed class KubernetesEndpoint : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly X509Certificate2 _certificate;
    private readonly Func<KubernetesRequest, CancellationToken, Task<(KubernetesResponse? Response, bool IsCut)>> _respond;

    /// <param name="respond">Returns the response; null breaks the connection, and a response may be truncated.</param>
    /// <param name="serverName">The certificate's only name; null for localhost and 127.0.0.1.</param>
    public KubernetesEndpoint(
        Func<KubernetesRequest, CancellationToken, Task<(KubernetesResponse? Response, bool IsCut)>> respond, string? serverName)
    {
        _respond = respond;
        var folder = Directory.CreateTempSubdirectory("kube-endpoint-");
        using (var root = EndpointCertificate.Write(folder.FullName, serverName))
        {
            RootPem = root.ExportCertificatePem();
        }

        _certificate = EndpointCertificate.Load(folder.FullName);
        folder.Delete(recursive: true);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // The real server's 3 MiB; one request at a time per connection, so that breaking it affects one request.
            kestrel.Limits.MaxRequestBodySize = 3 * 1024 * 1024;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.UseHttps(_certificate);
            });
        });
        _application = builder.Build();
        _application.Run(RespondAsync);
    }

    public string RootPem { get; }

    public Uri BaseUrl { get; private set; } = new("https://127.0.0.1");

    public async Task StartAsync(CancellationToken ct)
    {
        await _application.StartAsync(ct);
        var address = _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        BaseUrl = new Uri($"https://127.0.0.1:{new Uri(address).Port}");
    }

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _certificate.Dispose();
    }

    private async Task RespondAsync(HttpContext context)
    {
        var ct = context.RequestAborted;
        try
        {
            var (response, isCut) = await _respond(await ReadAsync(context.Request, ct), ct);
            if (response is null)
            {
                context.Abort();
                return;
            }

            context.Response.StatusCode = response.Status;
            context.Response.ContentType = response.ContentType;
            if (response.RetryAfter is not null)
            {
                context.Response.Headers.RetryAfter = response.RetryAfter;
            }

            var body = Encoding.UTF8.GetBytes(response.Body);
            context.Response.ContentLength = body.Length;
            await context.Response.Body.WriteAsync(isCut ? body.AsMemory(0, body.Length / 2) : body, ct);
            if (isCut)
            {
                await context.Response.Body.FlushAsync(ct);
                context.Abort();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            context.Abort();
        }
    }

    private static async Task<KubernetesRequest> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        using var reader = new StreamReader(request.Body);
        return new KubernetesRequest
        {
            Method = request.Method,
            Path = request.Path.Value ?? "/",
            QueryText = request.QueryString.Value ?? string.Empty,
            Query = request.Query.ToDictionary(q => q.Key, q => q.Value.ToString()),
            Headers = request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            Body = await reader.ReadToEndAsync(ct),
        };
    }
}
