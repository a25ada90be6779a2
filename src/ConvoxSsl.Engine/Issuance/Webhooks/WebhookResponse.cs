using System.Net;
using System.Security.Authentication;
using ConvoxSsl.Engine.Http;

namespace ConvoxSsl.Engine.Issuance.Webhooks;

/// <summary>What came of one try to deliver a message: an HTTP status, or the fault that no answer came by.</summary>
internal sealed record WebhookResponse(HttpStatusCode? Status, NetworkFaultException? Fault, DateTimeOffset? RetryAt)
{
    public bool IsDelivered => (int?)Status is >= 200 and < 300;

    /// <summary>Whether another try may end better: after network faults, 429 and 5xx.</summary>
    public bool IsTransient => Status is { } status ? RetryPolicy.IsTransient(status) : Untrusted is null;

    /// <summary>What happened, without any part of the URL but its host.</summary>
    public string Detail => (int?)Status switch
    {
        >= 300 and < 400 and var status => $"it answered with a redirection (HTTP {status}), which is not followed",
        { } status => $"it answered HTTP {status}",
        null => Untrusted is { } untrusted ? $"its TLS certificate is not trusted: {untrusted.Message}" : Fault!.Message,
    };

    /// <summary>What to do about a failure.</summary>
    public string Remedy => Status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => "Check that the receiver has this webhook's secret; Set-ConvoxWebhook -NewSecret makes another one.",
        HttpStatusCode.TooManyRequests => "The receiver limits how often it is called. Try again later.",
        >= HttpStatusCode.InternalServerError => "Look into the receiver's log.",
        >= HttpStatusCode.BadRequest => "Check the URL, and that a JSON body by POST is what the receiver wants.",
        { } => "Give the URL that answers itself with Set-ConvoxWebhook -Url.",
        null when Untrusted is not null => "If a private CA signed it, name its root with Set-ConvoxWebhook -CaCertificate.",
        null when Fault!.Cause is TimeoutException => "The receiver should answer before it works on the message.",
        null => "Check the URL, that the receiver runs, and that this machine may reach it.",
    };

    private AuthenticationException? Untrusted => Fault?.Untrusted;
}
