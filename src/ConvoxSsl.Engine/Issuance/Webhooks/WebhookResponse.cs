using System.Net;
using System.Security.Authentication;
using ConvoxSsl.Engine.Http;

namespace ConvoxSsl.Engine.Issuance.Webhooks;

/// <summary>The outcome of one attempt to deliver a message: an HTTP status, or a network fault.</summary>
internal sealed record WebhookResponse(HttpStatusCode? Status, NetworkFaultException? Fault, DateTimeOffset? RetryAt)
{
    public bool IsDelivered => (int?)Status is >= 200 and < 300;

    /// <summary>True if a retry may succeed: after network faults, 429 and 5xx.</summary>
    public bool IsTransient => Status is { } status ? RetryPolicy.IsTransient(status) : Untrusted is null;

    /// <summary>A description of the outcome, without any part of the URL except its host.</summary>
    public string Detail => Status switch
    {
        { } status when IsDelivered => $"it returned HTTP {(int)status}",
        >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest and var status =>
            $"it returned a redirect, {HttpStatusText.Describe(status)}, which is not followed",
        { } status => $"it returned {HttpStatusText.Describe(status)}",
        null => Untrusted is { } untrusted ? $"its TLS certificate is not trusted: {untrusted.Message.TrimEnd('.')}" : Fault!.Reason,
    };

    /// <summary>Advice about a failure.</summary>
    public Remedy Remedy => Status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new Remedy("Webhook.Unauthorized"),
        HttpStatusCode.TooManyRequests => Remedy.FromText("Try again later: the receiver limits the rate of requests."),
        >= HttpStatusCode.InternalServerError => Remedy.FromText("Check the receiver's log."),
        >= HttpStatusCode.BadRequest => Remedy.FromText("Check the URL, and that the receiver accepts POST requests with a JSON body."),
        { } => new Remedy("Webhook.Redirect"),
        null when Untrusted is not null => new Remedy("Webhook.Untrusted"),
        null when Fault!.Cause is TimeoutException => Remedy.FromText("The receiver should respond before it processes the message."),
        null => Remedy.FromText("Check the URL, that the receiver is running, and that this machine can reach it."),
    };

    private AuthenticationException? Untrusted => Fault?.Untrusted;
}
