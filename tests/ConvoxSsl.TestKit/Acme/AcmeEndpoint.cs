using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace ConvoxSsl.TestKit.Acme;

/// <summary>The HTTPS endpoint of the server.</summary>
internal sealed class AcmeEndpoint : IAsyncDisposable
{
    private readonly LoopbackServer _server;
    private readonly X509Certificate2 _certificate;
    private readonly TimeProvider _time;
    private readonly Func<CaRequest, CancellationToken, Task<CaResponse?>> _respond;
    private readonly CancellationTokenSource _stop = new();

    private AcmeEndpoint(string folder, TimeProvider time, Func<CaRequest, CancellationToken, Task<CaResponse?>> respond)
    {
        (_time, _respond) = (time, respond);
        EndpointCertificate.Write(folder).Dispose();
        _certificate = EndpointCertificate.Load(folder);
        _server = new LoopbackServer(RespondAsync) { Certificate = _certificate };
    }

    public string BaseUrl { get; private set; } = string.Empty;

    /// <param name="folder">The folder of the endpoint's certificate and root.</param>
    /// <param name="time">The clock for the times of requests.</param>
    /// <param name="respond">Creates the response; null breaks the connection.</param>
    /// <param name="ct">Cancels the start.</param>
    public static async Task<AcmeEndpoint> StartAsync(
        string folder, TimeProvider time, Func<CaRequest, CancellationToken, Task<CaResponse?>> respond, CancellationToken ct)
    {
        var endpoint = new AcmeEndpoint(folder, time, respond);
        endpoint.BaseUrl = $"https://localhost:{await endpoint._server.StartAsync(ct)}";
        return endpoint;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _server.DisposeAsync();
        _certificate.Dispose();
        _stop.Dispose();
    }

    private async Task RespondAsync(HttpContext context)
    {
        using var aborted = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stop.Token);
        try
        {
            if (await _respond(await ReadAsync(context.Request, aborted.Token), aborted.Token) is { } response)
            {
                await WriteAsync(context, response, aborted.Token);
            }
            else
            {
                context.Abort();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            context.Abort();
        }
    }

    private async Task<CaRequest> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        using var reader = new StreamReader(request.Body);
        var body = await reader.ReadToEndAsync(ct);
        var jws = request.Method == "POST" ? FlattenedJws.TryRead(body) : null;
        var path = request.Path.Value ?? "/";
        return new CaRequest
        {
            Method = request.Method,
            Path = path,
            Resource = AcmeRoute.Of(path).Resource,
            Time = _time.GetUtcNow(),
            Body = body,
            ContentType = request.ContentType,
            UserAgent = request.Headers.UserAgent,
            Accept = request.Headers.Accept,
            Protected = jws?.Protected,
            Payload = jws is null ? null : ReadPayload(jws),
        };
    }

    private static JsonNode? ReadPayload(FlattenedJws jws)
    {
        try
        {
            return jws.Document;
        }
        catch (RejectedException)
        {
            return null;
        }
    }

    private async Task WriteAsync(HttpContext context, CaResponse response, CancellationToken ct)
    {
        context.Response.Headers.Date = _time.GetUtcNow().ToString("r", CultureInfo.InvariantCulture);
        context.Response.StatusCode = response.Status;
        context.Response.ContentType = response.ContentType;
        foreach (var header in response.Headers.GroupBy(h => h.Name, StringComparer.OrdinalIgnoreCase))
        {
            context.Response.Headers[header.Key] = header.Select(h => h.Value).ToArray();
        }

        if (context.Request.Method == "HEAD" || response.Status == StatusCodes.Status204NoContent)
        {
            return;
        }

        if (response.IsCutOff)
        {
            context.Response.ContentLength = Encoding.UTF8.GetByteCount(response.Body) + 1;
            await context.Response.WriteAsync(response.Body, ct);
            await context.Response.Body.FlushAsync(ct);
            context.Abort();
            return;
        }

        await context.Response.WriteAsync(response.Body, ct);
        while (response.IsEndless)
        {
            await context.Response.WriteAsync(new string('a', 4096), ct);
        }
    }
}
