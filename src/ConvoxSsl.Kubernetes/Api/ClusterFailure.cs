using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Http;
using ConvoxSsl.Kubernetes.Connection;

namespace ConvoxSsl.Kubernetes.Api;

/// <summary>Another process changed or created the object first. Read it again and retry.</summary>
internal sealed class ConflictException(string message) : Exception(message);

/// <summary>Maps the API server's failure responses to errors for the user.</summary>
/// <seealso
/// href="https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#response-status-kind"/>
internal static partial class ClusterFailure
{
    private const int MaxMessageLength = 500;
    private const string ImmutableField = "field is immutable when `immutable` is set";

    /// <summary>Creates the exception for a failure response.</summary>
    /// <param name="call">The request.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The response body, normally a <c>Status</c> object.</param>
    public static Exception Create(ApiCall call, HttpStatusCode status, string body)
    {
        var (reason, message) = Read(body);
        return status switch
        {
            HttpStatusCode.Conflict when call.Verb is not ("get" or "list") => new ConflictException(message),
            HttpStatusCode.Unauthorized => new EngineException(
                ErrorCode.ClusterUnauthorized,
                EngineErrorKind.Denied,
                $"The cluster does not accept the credentials, which may have expired{AfterColon(message)}{Withheld(call)}",
                call.Server),
            HttpStatusCode.Forbidden when IsMissingPermission(reason, message) => MissingAccess(call, message),
            HttpStatusCode.NotFound when message.Contains("namespaces \"", StringComparison.Ordinal) && call.Namespace is not null =>
                new EngineException(
                    ErrorCode.NamespaceNotFound,
                    EngineErrorKind.NotFound,
                    $"Cannot find the namespace '{call.Namespace}' in the cluster.",
                    call.Namespace),
            HttpStatusCode.NotFound when call.Resource.Group.EndsWith(ApiResource.CertManagerGroup, StringComparison.Ordinal)
                && reason != "NotFound" =>
                new EngineException(
                    ErrorCode.NoCertManager,
                    EngineErrorKind.InvalidState,
                    "The cluster does not serve cert-manager's API.",
                    call.Server),
            HttpStatusCode.NotFound => new EngineException(
                ErrorCode.ClusterObjectNotFound, EngineErrorKind.NotFound, $"Cannot find {call.Object} in the cluster.", call.Name),
            HttpStatusCode.TooManyRequests => new EngineException(
                ErrorCode.ClusterBusy,
                EngineErrorKind.Limited,
                $"The cluster is too busy to {call}{AfterColon(message)}",
                call.Server)
            {
                Remedy = "Try again later.",
            },
            HttpStatusCode.Forbidden => Refused(call, EngineErrorKind.Denied, message),
            HttpStatusCode.UnprocessableEntity or HttpStatusCode.BadRequest => Refused(call, EngineErrorKind.InvalidState, message),
            _ => new EngineException(
                ErrorCode.ClusterError,
                EngineErrorKind.InvalidState,
                $"The cluster could not {call} and returned {HttpStatusText.Describe(status)}{AfterColon(message)}",
                call.Server)
            {
                Remedy = FailedWebhook(message) ?? "Try again later; the cluster's logs say more.",
            },
        };
    }

    /// <summary>Creates the error for a server that cannot be reached.</summary>
    public static EngineException Unreachable(ApiCall call, string why, Exception? cause) => new(
        ErrorCode.ClusterUnreachable, EngineErrorKind.Unreachable, $"Cannot reach the cluster at {call.Server}: {why}", call.Server, cause);

    /// <summary>Creates the error for a server without TLS, or with a certificate that the kubeconfig does not trust.</summary>
    public static EngineException Untrusted(ApiCall call, Exception cause) => new(
        ErrorCode.ClusterUntrusted,
        EngineErrorKind.Denied,
        $"The TLS connection to {call.Server} is not trusted: {(cause.InnerException ?? cause).Message.TrimEnd('.')}.",
        call.Server,
        cause)
    {
        Remedy = cause.InnerException is ServerNameException
            ? "Correct the server in the kubeconfig, or set the cluster's tls-server-name to one of these names."
            : "Check the server and its certificate-authority in the kubeconfig.",
    };

    /// <summary>The token that continues an expired list (410 Gone); null if there is none.</summary>
    public static string? FreshContinue(string body)
    {
        try
        {
            return JsonNode.Parse(body)?["metadata"]?["continue"]?.GetValue<string>() is { Length: > 0 } token ? token : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    // Other 403 responses come from admission webhooks and proxies.
    private static bool IsMissingPermission(string reason, string message) =>
        reason == "Forbidden"
        && message.Contains("forbidden: User ", StringComparison.Ordinal)
        && message.Contains(" cannot ", StringComparison.Ordinal);

    private static string Withheld(ApiCall call) => call.Server.StartsWith("http://", StringComparison.Ordinal)
        ? " The kubeconfig's credentials were not sent, because the server's URL uses http."
        : string.Empty;

    private static EngineException MissingAccess(ApiCall call, string message)
    {
        var place = call.Namespace is null ? string.Empty : $" in the namespace '{call.Namespace}'";
        return new EngineException(
            ErrorCode.ClusterForbidden,
            EngineErrorKind.Denied,
            $"This identity may not {call.Verb} {call.Resource.Name}{place}: {message}{Withheld(call)}",
            call.Name ?? call.Resource.Name);
    }

    private static EngineException Refused(ApiCall call, EngineErrorKind kind, string message) =>
        new(
            ErrorCode.ClusterRefused,
            kind,
            $"The cluster refused to {call}: {message}",
            call.Name)
        {
            Remedy = call.Resource == ApiResource.Secrets && message.Contains(ImmutableField, StringComparison.Ordinal)
                ? new Remedy("ClusterRefused.Immutable", call.Name, call.Namespace)
                : "Act on the cluster's message.",
        };

    private static (string Reason, string Message) Read(string body)
    {
        try
        {
            if (JsonNode.Parse(body) is JsonObject status && status.Text("kind") == "Status")
            {
                return (status.Text("reason") ?? string.Empty, Sentence(status.Text("message") ?? string.Empty));
            }
        }
        catch (JsonException)
        {
            // The body is not a Status object; a proxy may have sent it.
        }

        return (string.Empty, Sentence(body.Contains('<', StringComparison.Ordinal) ? "the response is not a Kubernetes status." : body));
    }

    // The API server calls an admission webhook before it stores an object, and a conversion webhook before it returns one.
    private static string? FailedWebhook(string message)
    {
        var name = WebhookName().Match(message).Groups[1].Value;
        if (name.Length == 0)
        {
            return null;
        }

        var service = WebhookService().Match(message);
        var place = service.Success
            ? $"the pods of the Service {service.Groups[1].Value} in the namespace {service.Groups[2].Value} are running"
            : "it is running and that the API server can reach it";
        return $"The cluster's webhook {name} does not respond: check that {place}.";
    }

    private static string AfterColon(string message) => message.Length == 0 ? "." : $": {message}";

    private static string Sentence(string text)
    {
        text = DisplayText.Shorten(text.Trim(), MaxMessageLength);
        return text.Length == 0 || text[^1] is '.' or '…' ? text : text + ".";
    }

    [GeneratedRegex("(?:failed calling webhook \"|conversion webhook for )([^\"\\s]+?)[\",\\s]")]
    private static partial Regex WebhookName();

    [GeneratedRegex("https://([a-z0-9-]+)\\.([a-z0-9-]+)\\.svc[:/]")]
    private static partial Regex WebhookService();
}
