using System.Text;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Kubernetes.Api;

/// <summary>What tells the API server who asks.</summary>
internal static class RequestCredentials
{
    /// <summary>Puts the credentials into a request; a client certificate is in the connection.</summary>
    /// <exception cref="EngineException"><c>ClusterUnauthorized</c>, <c>CredentialPluginFailed</c>.</exception>
    public static async Task SignAsync(k8s.Kubernetes client, HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            if (client.Credentials is { } credentials)
            {
                await credentials.ProcessHttpRequestAsync(request, ct).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is not (OperationCanceledException or EngineException))
        {
            // The library's words may hold what a token file or a sign-in service gave.
            var server = client.BaseUri.GetLeftPart(UriPartial.Path).TrimEnd('/');
            throw new EngineException(
                ErrorCode.ClusterUnauthorized, EngineErrorKind.Denied, $"The kubeconfig's user has no credentials for {server} any more ({e.GetBaseException().GetType().Name}). Sign in again, or choose another user with -KubeConfig or -Context.", server);
        }
    }

    /// <summary>The secrets that a request carries: a proxy before the API server may repeat what it was sent.</summary>
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
