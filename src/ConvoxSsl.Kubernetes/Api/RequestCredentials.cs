using System.Text;
using ConvoxSsl.Engine;
using ConvoxSsl.Kubernetes.Connection;

namespace ConvoxSsl.Kubernetes.Api;

/// <summary>The credentials of requests to the API server.</summary>
internal static class RequestCredentials
{
    /// <summary>Adds the credentials to a request; a client certificate belongs to the connection.</summary>
    /// <exception cref="EngineException"><c>ClusterUnauthorized</c>, <c>CredentialPluginFailed</c>.</exception>
    public static async Task SignAsync(ClusterClient client, HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            if (client.Tokens is { } tokens)
            {
                request.Headers.Authorization = await tokens.GetAsync(ct).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is not (OperationCanceledException or EngineException))
        {
            // The message may contain the token.
            var server = client.Server.GetLeftPart(UriPartial.Path).TrimEnd('/');
            throw new EngineException(
                ErrorCode.ClusterUnauthorized,
                EngineErrorKind.Denied,
                $"The kubeconfig's user has no valid credentials for {server} ({e.GetBaseException().GetType().Name}).",
                server);
        }
    }

    /// <summary>The secrets in a request. A proxy before the API server may repeat them in its response.</summary>
    public static IEnumerable<string> SecretsOf(HttpRequestMessage request)
    {
        if (request.Headers.Authorization is { Parameter: { } sent } authorization)
        {
            yield return sent;
            if (authorization.Scheme == "Basic")
            {
                yield return Encoding.UTF8.GetString(Convert.FromBase64String(sent)).Split(':', 2)[^1];
            }
        }
    }
}
