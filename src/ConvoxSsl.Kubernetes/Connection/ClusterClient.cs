using System.Net;
using System.Net.Security;
using System.Text;

namespace ConvoxSsl.Kubernetes.Connection;

/// <summary>The connection to an API server, with the credentials and the TLS settings of a kubeconfig's context.</summary>
internal sealed class ClusterClient : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(4);

    // The API server waits this long for an admission webhook.
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(30);

    private ClusterClient(HttpClient http, Uri server, IRequestTokens? tokens) => (Http, Server, Tokens) = (http, server, tokens);

    /// <summary>Sends the requests.</summary>
    public HttpClient Http { get; }

    /// <summary>The server's address.</summary>
    public Uri Server { get; }

    /// <summary>The Authorization header; null if there is none.</summary>
    public IRequestTokens? Tokens { get; }

    /// <summary>Creates a client. Sends no request, and runs no credential plugin.</summary>
    /// <param name="context">The context.</param>
    /// <param name="tokens">The Authorization header; null if there is none.</param>
    /// <param name="certificate">The client certificate; null if there is none.</param>
    /// <exception cref="Engine.InvalidInputException"><c>InvalidKubeConfig</c>.</exception>
    public static ClusterClient Create(KubeContext context, IRequestTokens? tokens, SslStreamCertificateContext? certificate)
    {
        var (cluster, server) = (context.Cluster, ServerOf(context));
        var trust = new ServerTrust(cluster.TlsServerName ?? server.IdnHost, cluster.LoadAuthorities(context.Location));
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = ConnectTimeout,
            // A redirect would send Secrets to another server.
            AllowAutoRedirect = false,
            UseCookies = false,
            RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        };
        handler.SslOptions.ClientCertificateContext = certificate;
        handler.SslOptions.RemoteCertificateValidationCallback = (_, presented, chain, errors) =>
            cluster.SkipsVerification || trust.Verify(presented, chain, errors);
        if (ProxyOf(context) is { } proxy)
        {
            handler.Proxy = proxy;
        }

        var http = new HttpClient(handler) { Timeout = ResponseTimeout };
        // The Host header is also the name in the TLS handshake.
        http.DefaultRequestHeaders.Host = server.Scheme == Uri.UriSchemeHttps ? cluster.TlsServerName : null;
        foreach (var (header, value) in context.User?.Impersonation ?? [])
        {
            http.DefaultRequestHeaders.TryAddWithoutValidation(header, value);
        }

        return new ClusterClient(http, server, tokens);
    }

    /// <summary>The server of a context.</summary>
    /// <exception cref="Engine.InvalidInputException"><c>InvalidKubeConfig</c>.</exception>
    public static Uri ServerOf(KubeContext context) =>
        Uri.TryCreate(context.Cluster.Server, UriKind.Absolute, out var server)
        && server is { Scheme: "https" or "http", UserInfo: "" }
            ? new UriBuilder(server) { Query = string.Empty, Fragment = string.Empty }.Uri
            : throw KubeConfig.Invalid(
                context.Location, $"the server of its context '{context.Name}' is not a URL with https or http and without a user name.");

    /// <inheritdoc/>
    public void Dispose() => Http.Dispose();

    private static WebProxy? ProxyOf(KubeContext context)
    {
        if (context.Cluster.ProxyUrl is not { } text)
        {
            return null;
        }

        // The URL may contain a password.
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url is { Host: "" } or not { Scheme: "http" or "https" or "socks5" })
        {
            throw KubeConfig.Invalid(
                context.Location, $"the proxy-url of its context '{context.Name}' is not a URL with http, https or socks5.");
        }

        // .NET's messages quote the proxy's URL.
        var proxy = new WebProxy(new UriBuilder(url) { UserName = string.Empty, Password = string.Empty }.Uri);
        if (url.UserInfo.Length > 0)
        {
            var parts = url.UserInfo.Split(':', 2);
            proxy.Credentials = new NetworkCredential(
                Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts.ElementAtOrDefault(1) ?? string.Empty));
        }

        return proxy;
    }
}
