using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Acme;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Webhooks;

/// <summary>
/// Posts notices to a webhook, signed as Standard Webhooks asks for. A message that is sent again keeps its id, so that
/// the receiver can tell, and has a new time and signature.
/// </summary>
internal sealed class WebhookSender : IDisposable
{
    public static readonly TimeSpan TryLimit = TimeSpan.FromSeconds(10);

    private const int MostTries = 3;
    private const int AtOnce = 8;
    private const int LargestAnswer = 4 * 1024;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly WebhookRecord _webhook;
    private readonly WebhookSecret _secret;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private readonly SemaphoreSlim _slots = new(AtOnce);
    private volatile bool _isDown;

    public WebhookSender(WebhookRecord webhook, WebhookSecret secret, TimeProvider time)
    {
        (_webhook, _secret, _time) = (webhook, secret, time);
        _http = new HttpClient(NewHandler(webhook)) { Timeout = Timeout.InfiniteTimeSpan };
        var version = typeof(WebhookSender).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("ConvoxSsl", version ?? "0"));
    }

    public WebhookRecord Webhook => _webhook;

    /// <summary>Delivers a message, or gives up after three tries.</summary>
    /// <returns>The last answer, and how often it was tried.</returns>
    public async Task<(WebhookResponse Answer, int Tries)> SendAsync(Notice notice, CancellationToken ct)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(notice, NoticeJson.Default.Notice);
        var id = $"msg_{Guid.NewGuid():N}";
        await _slots.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            for (var tries = 1; ; tries++)
            {
                var answer = await TryAsync(id, body, ct).ConfigureAwait(false);
                if (PauseAfter(answer, tries) is not { } pause)
                {
                    _isDown = !answer.IsDelivered;
                    return (answer, tries);
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

    /// <summary>How long to wait before the next try; null where there is none.</summary>
    private TimeSpan? PauseAfter(WebhookResponse answer, int tries)
    {
        // Many certificates must not wait for a dead receiver many times over: after one message in vain, the next has one try.
        if (answer.IsDelivered || !answer.IsTransient || tries == MostTries || _isDown)
        {
            return null;
        }

        if (answer.RetryAt is { } at)
        {
            var asked = at - _time.GetUtcNow();
            return asked <= LongestPause ? asked < TimeSpan.Zero ? TimeSpan.Zero : asked : null;
        }

        return FirstPause * Math.Pow(2, tries - 1) * (0.5 + RandomNumberGenerator.GetInt32(1000) / 1000.0);
    }

    private async Task<WebhookResponse> TryAsync(string id, byte[] body, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(TryLimit, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            using var request = NewRequest(id, body);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token).ConfigureAwait(false);
            var retryAfter = response.Headers.TryGetValues("Retry-After", out var values) ? values.First() : null;
            return new WebhookResponse(response.StatusCode, null, RetryAfterHeader.Read(retryAfter, _time.GetUtcNow()));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            ct.ThrowIfCancellationRequested();
            return new WebhookResponse(null, e is OperationCanceledException ? new TimeoutException($"no answer came within {TryLimit.TotalSeconds:0} s", e) : e, null);
        }
    }

    private HttpRequestMessage NewRequest(string id, byte[] body)
    {
        var now = _time.GetUtcNow();
        var request = new HttpRequestMessage(HttpMethod.Post, _webhook.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", WebhookSignature.Timestamp(now));
        request.Headers.Add("webhook-signature", WebhookSignature.Of(_secret, id, now, body));
        return request;
    }

    // A redirection would carry the message to where it was not meant for; the body of an answer means nothing.
    private static SocketsHttpHandler NewHandler(WebhookRecord webhook)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseDrainSize = LargestAnswer,
            UseCookies = false,
        };
        if (AcmeAccounts.ReadRoots(webhook.CaCertificate) is { Count: > 0 } roots)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                errors == SslPolicyErrors.None || TrustedRoots.Vouch(roots, certificate, chain, errors);
        }

        return handler;
    }
}
