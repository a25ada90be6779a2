using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace ConvoxSsl.TestKit.Cloudflare;

/// <summary>The HTTP endpoint of the server.</summary>
internal sealed class CloudflareEndpoint : IAsyncDisposable
{
    private const string Prefix = "/client/v4";

    private readonly LoopbackServer _server;
    private readonly Func<CloudflareApiRequest, CancellationToken, Task<CloudflareApiResponse?>> _respond;

    /// <param name="respond">Creates the response; null breaks the connection.</param>
    public CloudflareEndpoint(Func<CloudflareApiRequest, CancellationToken, Task<CloudflareApiResponse?>> respond)
    {
        _respond = respond;
        _server = new LoopbackServer(RespondAsync);
    }

    public Uri BaseUrl { get; private set; } = new("http://127.0.0.1");

    public async Task StartAsync(CancellationToken ct) => BaseUrl = new Uri($"http://127.0.0.1:{await _server.StartAsync(ct)}{Prefix}");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task RespondAsync(HttpContext context)
    {
        try
        {
            if (!context.Request.Path.StartsWithSegments(Prefix, out var path))
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            if (await _respond(await ReadAsync(context.Request, path.Value ?? "/", context.RequestAborted), context.RequestAborted)
                is not { } response)
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

            await context.Response.WriteAsync(response.Body, context.RequestAborted);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            context.Abort();
        }
    }

    private static async Task<CloudflareApiRequest> ReadAsync(HttpRequest request, string path, CancellationToken ct)
    {
        using var reader = new StreamReader(request.Body);
        var body = await reader.ReadToEndAsync(ct);
        return new CloudflareApiRequest
        {
            Method = request.Method,
            Path = path,
            Query = request.Query.ToDictionary(q => q.Key, q => q.Value.ToString()),
            Headers = request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            Body = body,
            ContentType = request.ContentType,
            Document = Parse(body),
        };
    }

    private static JsonObject? Parse(string body)
    {
        try
        {
            return body.Length == 0 ? null : JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
