using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;

namespace ConvoxSsl.TestKit.Webhooks;

/// <summary>An HTTPS receiver of webhook messages with its own root. It records messages and sends the configured responses.</summary>
public sealed class WebhookTestServer : IAsyncDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly X509Certificate2 _certificate;
    private readonly LoopbackServer _server;
    private readonly ConcurrentQueue<WebhookMessage> _messages = new();
    private readonly ConcurrentQueue<ReceiverResponse> _responses = new();

    private WebhookTestServer()
    {
        EndpointCertificate.Write(_folder.Path).Dispose();
        _certificate = EndpointCertificate.Load(_folder.Path);
        _server = new LoopbackServer(ReceiveAsync) { Certificate = _certificate };
    }

    /// <summary>Scheme, host and port.</summary>
    public string Origin { get; private set; } = string.Empty;

    /// <summary>The PEM file of its root.</summary>
    public string RootFile => _folder[EndpointCertificate.RootFile];

    /// <summary>The received messages, in order.</summary>
    public IReadOnlyList<WebhookMessage> Messages => [.. _messages];

    /// <summary>Starts the server.</summary>
    public static async Task<WebhookTestServer> StartAsync(CancellationToken ct)
    {
        var server = new WebhookTestServer();
        server.Origin = $"https://localhost:{await server._server.StartAsync(ct)}";
        return server;
    }

    /// <summary>Sets the responses to the next messages in order; later messages get 204.</summary>
    public void SetResponses(params ReceiverResponse[] responses)
    {
        foreach (var response in responses)
        {
            _responses.Enqueue(response);
        }
    }

    /// <summary>Stops the server.</summary>
    public Task StopAsync(CancellationToken ct) => _server.StopAsync(ct);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _certificate.Dispose();
        _folder.Dispose();
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        try
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            _messages.Enqueue(new WebhookMessage(context.Request.Path + context.Request.QueryString, headers, body.ToArray()));
            await RespondAsync(context, _responses.TryDequeue(out var response) ? response : new ReceiverResponse());
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            context.Abort();
        }
    }

    private static async Task RespondAsync(HttpContext context, ReceiverResponse response)
    {
        if (response.NeverResponds is { } action)
        {
            action();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }

        if (response.ClosesConnection)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = response.Status;
        foreach (var (name, value) in response.Headers)
        {
            context.Response.Headers[name] = value;
        }

        foreach (var text in response.Body)
        {
            await context.Response.WriteAsync(text, context.RequestAborted);
        }
    }
}
