using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Http;
using ConvoxSsl.Kubernetes.Connection;

namespace ConvoxSsl.Kubernetes.Api;

/// <summary>
/// Sends requests to an API server: adds the credentials, retries transient failures, honours <c>Retry-After</c>, and converts
/// failure responses to errors.
/// </summary>
/// <param name="client">The client with its kubeconfig, credentials and TLS settings.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Receives one line per request, without bodies.</param>
internal sealed class ApiConnection(ClusterClient client, TimeProvider time, Action<string>? log) : IDisposable
{
    private static readonly RetryPolicy Policy = new()
    {
        MaxRetries = 3,
        FirstDelay = TimeSpan.FromMilliseconds(400),
        MaxRetryAfter = TimeSpan.FromSeconds(30),
        CapsRetryAfter = true,
    };

    private static readonly TimeSpan BodyTimeout = TimeSpan.FromMinutes(1);

    private readonly Uri _server = new(client.Server.AbsoluteUri.TrimEnd('/') + "/");

    /// <summary>The server's address.</summary>
    public string Server => _server.AbsoluteUri.TrimEnd('/');

    /// <summary>Sends a request, with retries, and returns the object in the response.</summary>
    /// <param name="call">The request as error messages describe it.</param>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path below the server's address, with its query.</param>
    /// <param name="content">The body.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="ConflictException">Another process changed the object first.</exception>
    /// <exception cref="ExpiredListException">The list has expired on the server.</exception>
    /// <exception cref="EngineException">The failure, as <see cref="ClusterFailure"/> maps it.</exception>
    public async Task<JsonObject> SendAsync(ApiCall call, HttpMethod method, string path, ApiContent? content, CancellationToken ct)
    {
        var delay = new RetryDelay(Policy, time);
        while (true)
        {
            TimeSpan? pause;
            try
            {
                var response = await SendOnceAsync(call, method, path, content, ct).ConfigureAwait(false);
                if (response.Content is not null)
                {
                    return response.Content;
                }

                pause = delay.Next(response.RetryAt) ?? throw ClusterFailure.Create(call, response.Status, response.Explanation);
            }
            catch (Exception e) when (IsFault(e, ct))
            {
                log?.Invoke($"{method} {path}: {e.Message}");
                if (IsUntrusted(e))
                {
                    throw ClusterFailure.Untrusted(call, e);
                }

                pause = e is OperationCanceledException ? null : delay.Next(null);
                if (pause is null)
                {
                    throw ClusterFailure.Unreachable(call, Why(e), e);
                }
            }

            await Task.Delay(pause.Value, time, ct).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private async Task<Response> SendOnceAsync(
        ApiCall call, HttpMethod method, string path, ApiContent? content, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, new Uri(_server, path));
        if (content is not null)
        {
            request.Content = new StringContent(content.Text, Encoding.UTF8, new MediaTypeHeaderValue(content.MediaType));
        }

        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        await RequestCredentials.SignAsync(client, request, ct).ConfigureAwait(false);
        using var response = await client.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct).ConfigureAwait(false);
        log?.Invoke($"{method} {request.RequestUri!.PathAndQuery}: {(int)response.StatusCode}");
        if (!RetryPolicy.IsTransient(response.StatusCode))
        {
            var read = await ReadAsync(call, request, response, ct).ConfigureAwait(false);
            return new Response(read, response.StatusCode, null, string.Empty);
        }

        var retryAt = RetryAfterHeader.Read(response.Headers, time.GetUtcNow());
        return new Response(null, response.StatusCode, retryAt, await ReadFailureAsync(request, response, ct).ConfigureAwait(false));
    }

    // An incomplete explanation must not hide the status.
    private static async Task<string> ReadFailureAsync(HttpRequestMessage request, HttpResponseMessage response, CancellationToken ct)
    {
        try
        {
            var text = await ReadTextAsync(response, ct).ConfigureAwait(false);
            return Redaction.Redact(text, RequestCredentials.SecretsOf(request));
        }
        catch (Exception e) when (IsFault(e, ct))
        {
            return string.Empty;
        }
    }

    private static async Task<string> ReadTextAsync(HttpResponseMessage response, CancellationToken ct)
    {
        // The client's own timeout ends with the headers.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(BodyTimeout);
        return await response.Content.ReadAsStringAsync(limit.Token).ConfigureAwait(false);
    }

    private static async Task<JsonObject> ReadAsync(
        ApiCall call, HttpRequestMessage request, HttpResponseMessage response, CancellationToken ct)
    {
        var text = await ReadTextAsync(response, ct).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.Gone && call.Verb == "list" && ClusterFailure.FreshContinue(text) is { } token)
        {
            throw new ExpiredListException(token);
        }

        if (!response.IsSuccessStatusCode)
        {
            throw ClusterFailure.Create(call, response.StatusCode, Redaction.Redact(text, RequestCredentials.SecretsOf(request)));
        }

        try
        {
            return JsonNode.Parse(text) as JsonObject ?? throw NotKubernetes(call);
        }
        catch (JsonException)
        {
            throw NotKubernetes(call);
        }
    }

    // A refused or interrupted connection, or the client's own timeout.
    private static bool IsFault(Exception e, CancellationToken ct) =>
        e is HttpRequestException or IOException or SocketException || (e is OperationCanceledException && !ct.IsCancellationRequested);

    private static bool IsUntrusted(Exception e) => e is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError };

    private static string Why(Exception e) => e is OperationCanceledException
        ? "it did not respond in time."
        : $"{NetworkFault.Describe(e)}.";

    private static EngineException NotKubernetes(ApiCall call) => new(
        ErrorCode.ClusterError, EngineErrorKind.InvalidData, $"The server at {call.Server} is not a Kubernetes API server.", call.Server)
    {
        Remedy = "Check the server of the context in the kubeconfig.",
    };

    /// <summary>A response without content is a transient failure.</summary>
    private sealed record Response(JsonObject? Content, HttpStatusCode Status, DateTimeOffset? RetryAt, string Explanation);
}
