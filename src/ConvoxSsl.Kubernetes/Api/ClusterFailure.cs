using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Kubernetes.Api;

/// <summary>An object was changed or made by another process in between; whoever reads it again can go on.</summary>
internal sealed class ConflictException(string message) : Exception(message);

/// <summary>What the API server's refusals mean to a user.</summary>
/// <seealso href="https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#response-status-kind"/>
internal static class ClusterFailure
{
    private const int LongestMessage = 300;

    /// <summary>The failure that an answer stands for.</summary>
    /// <param name="call">What was asked.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The answer, a <c>Status</c> object if all is well.</param>
    public static Exception Of(ApiCall call, HttpStatusCode status, string body)
    {
        var (reason, message) = Read(body);
        return status switch
        {
            HttpStatusCode.Conflict => new ConflictException(message),
            HttpStatusCode.Unauthorized => new EngineException(
                ErrorCode.ClusterUnauthorized, EngineErrorKind.Denied, $"The cluster does not accept the credentials: {message} They may have expired: sign in again, or choose another user with -KubeConfig or -Context.", call.Server),
            HttpStatusCode.Forbidden when reason == "Forbidden" && message.Contains("forbidden: User ", StringComparison.Ordinal) && message.Contains(" cannot ", StringComparison.Ordinal) => Forbidden(call, message),
            HttpStatusCode.Forbidden => new EngineException(ErrorCode.ClusterRefused, EngineErrorKind.Denied, $"The cluster refused to {call}: {message}", call.Name) { Remedy = "Act on what the cluster says." },
            HttpStatusCode.NotFound when message.Contains("namespaces \"", StringComparison.Ordinal) && call.Namespace is not null => new EngineException(
                ErrorCode.NamespaceNotFound, EngineErrorKind.NotFound, $"The cluster has no namespace '{call.Namespace}'. Check the rack's name, or give -Namespace.", call.Namespace),
            HttpStatusCode.NotFound when call.Resource.Group.EndsWith(ApiResource.CertManagerGroup, StringComparison.Ordinal) && reason != "NotFound" => new EngineException(
                ErrorCode.NoCertManager, EngineErrorKind.InvalidState, "The cluster does not serve cert-manager's API. Install cert-manager, or let the module issue by itself with -Engine Acme.", call.Server),
            HttpStatusCode.NotFound => new EngineException(ErrorCode.ClusterObjectNotFound, EngineErrorKind.NotFound, $"The cluster has no {call.Object}.", call.Name),
            HttpStatusCode.TooManyRequests => new EngineException(ErrorCode.ClusterBusy, EngineErrorKind.Limited, $"The cluster has too much to do to {call}{Colon(message)} Try again later.", call.Server),
            HttpStatusCode.UnprocessableEntity or HttpStatusCode.BadRequest => new EngineException(ErrorCode.ClusterRefused, EngineErrorKind.InvalidState, $"The cluster refused to {call}: {message}", call.Name) { Remedy = "Act on what the cluster says." },
            _ => new EngineException(ErrorCode.ClusterError, EngineErrorKind.InvalidState, $"The cluster could not {call} (HTTP {(int)status}){Colon(message)}", call.Server) { Remedy = "Try again later; the cluster's logs say more." },
        };
    }

    /// <summary>The server could not be reached at all.</summary>
    public static EngineException Unreachable(ApiCall call, string why, Exception? cause) => new(
        ErrorCode.ClusterUnreachable, EngineErrorKind.Unreachable, $"The cluster at {call.Server} could not be reached: {why} Check the network, the VPN, and the context (-Context) of the kubeconfig.", call.Server, cause);

    /// <summary>What answers there does not speak TLS, or not with a certificate of the kubeconfig's authority.</summary>
    public static EngineException Untrusted(ApiCall call, Exception cause) => new(
        ErrorCode.ClusterUntrusted,
        EngineErrorKind.Denied,
        $"There is no TLS connection to {call.Server} that can be trusted: {(cause.InnerException ?? cause).Message.TrimEnd('.')}. Check the server and its certificate-authority in the kubeconfig.",
        call.Server,
        cause);

    /// <summary>The token with which an expired list goes on (410 Gone); null where there is none.</summary>
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

    private static EngineException Forbidden(ApiCall call, string message) => new(
        ErrorCode.ClusterForbidden,
        EngineErrorKind.Denied,
        string.Create(CultureInfo.InvariantCulture, $"This identity may not {call.Verb} {call.Resource.Name}{(call.Namespace is null ? string.Empty : $" in the namespace '{call.Namespace}'")}: {message} docs/rbac.md lists the rights that each cmdlet needs."),
        call.Name ?? call.Resource.Name);

    private static (string Reason, string Message) Read(string body)
    {
        try
        {
            if (JsonNode.Parse(body) is JsonObject { } status && (string?)status["kind"] == "Status")
            {
                var message = (string?)status["message"] ?? string.Empty;
                return ((string?)status["reason"] ?? string.Empty, Sentence(message));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not the API server's own words: a proxy's, perhaps.
        }

        return (string.Empty, Sentence(body.Contains('<', StringComparison.Ordinal) ? "the answer is no Kubernetes status." : body));
    }

    private static string Colon(string message) => message.Length == 0 ? "." : $": {message}";

    private static string Sentence(string text)
    {
        text = DisplayText.Shorten(text.Trim(), LongestMessage);
        return text.Length == 0 || text[^1] is '.' or '…' ? text : text + ".";
    }
}
