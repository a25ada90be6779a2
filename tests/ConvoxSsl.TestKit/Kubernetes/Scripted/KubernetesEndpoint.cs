using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace ConvoxSsl.TestKit.Kubernetes.Scripted;

/// <summary>The HTTPS endpoint of the scripted server.</summary>
internal sealed class KubernetesEndpoint : IAsyncDisposable
{
    private readonly LoopbackServer _server;
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
        // The real server's limit is 3 MiB.
        _server = new LoopbackServer(RespondAsync) { Certificate = _certificate, MaxRequestBodySize = 3 * 1024 * 1024 };
    }

    public string RootPem { get; }

    public Uri BaseUrl { get; private set; } = new("https://127.0.0.1");

    public async Task StartAsync(CancellationToken ct) => BaseUrl = new Uri($"https://127.0.0.1:{await _server.StartAsync(ct)}");

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
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
