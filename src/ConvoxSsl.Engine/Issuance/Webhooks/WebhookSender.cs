using System.Net.Http.Headers;
using System.Text.Json;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Http;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Webhooks;

/// <summary>
/// Posts messages to a webhook, signed as Standard Webhooks specifies. A retried message keeps its id, so that the receiver
/// recognizes it, and gets a new timestamp and signature.
/// </summary>
internal sealed class WebhookSender : IDisposable
{
    /// <summary>The maximum time of one attempt.</summary>
    public static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(10);

    private const int MaxConcurrentMessages = 8;

    private static readonly RetryPolicy Policy = new()
    {
        MaxRetries = 2,
        FirstDelay = TimeSpan.FromSeconds(1),
        MaxRetryAfter = TimeSpan.FromSeconds(30),
    };

    private readonly WebhookRecord _webhook;
    private readonly WebhookSecret _secret;
    private readonly TimeProvider _time;
    private readonly HttpConnection _http;
    private readonly SemaphoreSlim _slots = new(MaxConcurrentMessages);
    private volatile bool _isDown;

    public WebhookSender(WebhookRecord webhook, WebhookSecret secret, TimeProvider time)
    {
        (_webhook, _secret, _time) = (webhook, secret, time);
        _http = new HttpConnection(null, RootCertificates.Parse(webhook.CaCertificate), AttemptTimeout, time);
    }

    public WebhookRecord Webhook => _webhook;

    /// <summary>Delivers a message in at most three attempts.</summary>
    /// <returns>The outcome of the last attempt, and the number of attempts.</returns>
    public async Task<(WebhookResponse Response, int Attempts)> SendAsync(Notice notice, CancellationToken ct)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(notice, NoticeJson.Default.Notice);
        var id = $"msg_{Guid.NewGuid():N}";
        await _slots.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var delay = new RetryDelay(Policy, _time);
            while (true)
            {
                var response = await SendOnceAsync(id, body, ct).ConfigureAwait(false);
                if (Next(delay, response) is not { } pause)
                {
                    _isDown = !response.IsDelivered;
                    return (response, delay.Retries + 1);
                }

                await Task.Delay(pause, _time, ct).ConfigureAwait(false);
            }
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _slots.Dispose();
    }

    // After one undelivered message the others get a single attempt: a dead receiver must not delay many certificates.
    private TimeSpan? Next(RetryDelay delay, WebhookResponse response) =>
        response.IsDelivered || !response.IsTransient || _isDown ? null : delay.Next(response.RetryAt);

    private async Task<WebhookResponse> SendOnceAsync(string id, byte[] body, CancellationToken ct)
    {
        try
        {
            using var request = CreateRequest(id, body);
            return await _http.SendAsync(request, (response, _) => Task.FromResult(ReadHeaders(response)), ct).ConfigureAwait(false);
        }
        catch (NetworkFaultException e)
        {
            return new WebhookResponse(null, e, null);
        }
    }

    private WebhookResponse ReadHeaders(HttpResponseMessage response) =>
        new(response.StatusCode, null, RetryAfterHeader.Read(response.Headers, _time.GetUtcNow()));

    private HttpRequestMessage CreateRequest(string id, byte[] body)
    {
        var now = _time.GetUtcNow();
        var request = new HttpRequestMessage(HttpMethod.Post, _webhook.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", WebhookSignature.FormatTimestamp(now));
        request.Headers.Add("webhook-signature", WebhookSignature.Compute(_secret, id, now, body));
        return request;
    }
}
