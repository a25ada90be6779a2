using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ConvoxSsl.TestKit.Route53;

/// <summary>The HTTP endpoint of the server.</summary>
internal sealed class AwsEndpoint : IAsyncDisposable
{
    private readonly LoopbackServer _server;
    private readonly Func<AwsRequest, AwsResponse?> _respond;

    private AwsEndpoint(Func<AwsRequest, AwsResponse?> respond)
    {
        _respond = respond;
        _server = new LoopbackServer(RespondAsync);
    }

    public Uri Url { get; private set; } = new("http://127.0.0.1/");

    /// <param name="respond">Creates the response; null breaks the connection.</param>
    /// <param name="ct">Cancels the start.</param>
    public static async Task<AwsEndpoint> StartAsync(Func<AwsRequest, AwsResponse?> respond, CancellationToken ct)
    {
        var endpoint = new AwsEndpoint(respond);
        endpoint.Url = new Uri($"http://127.0.0.1:{await endpoint._server.StartAsync(ct)}/");
        return endpoint;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task RespondAsync(HttpContext context)
    {
        var response = _respond(await ReadAsync(context, context.RequestAborted));
        if (response is null)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = response.Status;
        context.Response.ContentType = response.Body is null ? "text/html" : "text/xml";
        await context.Response.WriteAsync(
            response.Body is null ? "<html><br><p>a proxy's page</html>" : "<?xml version=\"1.0\"?>\n" + response.Body,
            context.RequestAborted);
    }

    private static async Task<AwsRequest> ReadAsync(HttpContext context, CancellationToken ct)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, ct);
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?', 2);
        return new AwsRequest
        {
            Method = context.Request.Method,
            RawPath = target[0],
            Query = [.. (target.Length > 1 ? target[1] : string.Empty).Split('&', StringSplitOptions.RemoveEmptyEntries).Select(Pair)],
            Headers = context.Request.Headers.ToDictionary(
                header => header.Key.ToLowerInvariant(), header => string.Join(',', header.Value.ToArray())),
            Body = body.ToArray(),
        };
    }

    private static KeyValuePair<string, string> Pair(string text)
    {
        var parts = text.Split('=', 2);
        return new(Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : string.Empty);
    }
}
