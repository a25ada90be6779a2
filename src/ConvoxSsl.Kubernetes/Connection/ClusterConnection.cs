using System.Security.Cryptography;
using System.Text;
using ConvoxSsl.Engine;
using ConvoxSsl.Kubernetes.Scope;
using k8s;
using k8s.Authentication;
using k8s.Exceptions;

namespace ConvoxSsl.Kubernetes.Connection;

/// <summary>Creates a client from the user's kubeconfig or the pod's service account.</summary>
internal static class ClusterConnection
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(4);

    // The API server waits this long for an admission webhook.
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Creates a client, and completes the options with the kubeconfig files and the context that were used. Sends no request
    /// to the cluster; runs the kubeconfig's credential plugin if there is one.
    /// </summary>
    /// <exception cref="InvalidInputException"><c>KubeConfigNotFound</c>, <c>InvalidKubeConfig</c>, <c>ContextNotFound</c>.</exception>
    /// <exception cref="EngineException"><c>CredentialPluginFailed</c>.</exception>
    public static async Task<(k8s.Kubernetes Client, KubernetesRackOptions Options)> OpenAsync(
        KubernetesRackOptions options, TimeProvider time, CancellationToken ct)
    {
        if (KubeConfig.Find(options.KubeConfig) is not { } kubeConfig)
        {
            return options.Context is null && KubernetesClientConfiguration.IsInCluster()
                ? (NewClient(KubernetesClientConfiguration.InClusterConfig()), options)
                : throw NoKubeConfig(options);
        }

        var context = kubeConfig.Select(options.Context);
        var tokens = await TakeTokensAsync(context, time, ct).ConfigureAwait(false);
        try
        {
            var configuration = KubernetesClientConfiguration.BuildConfigFromConfigObject(context.Configuration);
            configuration.TokenProvider = tokens ?? configuration.TokenProvider;
            return (
                NewClient(configuration),
                options with { KubeConfig = kubeConfig.Location, Context = context.Configuration.CurrentContext });
        }
        catch (Exception e) when (e is KubeConfigException or KubernetesClientException or IOException or UnauthorizedAccessException
            or FormatException or ArgumentException or InvalidOperationException or CryptographicException)
        {
            throw KubeConfig.Invalid(kubeConfig.Location, Why(e, context));
        }
    }

    /// <summary>Lists a kubeconfig's contexts, and the racks whose namespaces they name.</summary>
    /// <exception cref="InvalidInputException"><c>KubeConfigNotFound</c>, <c>InvalidKubeConfig</c>.</exception>
    public static (IReadOnlyList<string> Contexts, IReadOnlyList<string> Racks) ReadContexts(string? kubeConfig)
    {
        var contexts = KubeConfig.Find(kubeConfig)?.Contexts ?? [];
        var namespaces = contexts.Select(context => context.ContextDetails?.Namespace ?? string.Empty);
        return (
            [.. contexts.Select(context => context.Name)],
            [
                .. namespaces.Where(name => name.EndsWith(RackScope.NamespaceEnding, StringComparison.Ordinal))
                    .Select(name => name[..^RackScope.NamespaceEnding.Length])
                    .Distinct(),
            ]);
    }

    private static k8s.Kubernetes NewClient(KubernetesClientConfiguration configuration)
    {
        SocketsHttpHandler? sender = null;
        configuration.FirstMessageHandlerSetup = handler => sender = handler;
        var client = new k8s.Kubernetes(configuration);
        sender!.ConnectTimeout = ConnectTimeout;
        if (!configuration.SkipTlsVerify)
        {
            // The library does not verify the name if the kubeconfig has an authority.
            var trust = new ServerTrust(configuration.TlsServerName ?? client.BaseUri.IdnHost, configuration.SslCaCerts);
            sender.SslOptions.RemoteCertificateValidationCallback =
                (_, certificate, chain, errors) => trust.Verify(certificate, chain, errors);
        }

        client.HttpClient.Timeout = ResponseTimeout;
        // The Host header is also the name in the TLS handshake.
        client.HttpClient.DefaultRequestHeaders.Host = configuration.TlsServerName;
        return client;
    }

    /// <summary>
    /// Creates the token provider for a token file or a credential plugin, which the library would ignore or run twice. Also
    /// changes the context's user so that the library does not use them.
    /// </summary>
    private static async Task<ITokenProvider?> TakeTokensAsync(KubeContext context, TimeProvider time, CancellationToken ct)
    {
        if (context.Credentials is not { } credentials)
        {
            return null;
        }

        if (credentials.ExternalExecution is { } program)
        {
            var plugin = new CredentialPlugin(program, context.UserDirectory, time);
            var output = await plugin.RunAsync(ct).ConfigureAwait(false);
            credentials.ExternalExecution = null;
            credentials.Token = output.Token;
            credentials.ClientCertificateData = Encode(output.Certificate) ?? credentials.ClientCertificateData;
            credentials.ClientKeyData = Encode(output.Key) ?? credentials.ClientKeyData;
            return string.IsNullOrEmpty(output.Token) ? null : plugin;
        }

        if (string.IsNullOrEmpty(context.TokenFile))
        {
            return null;
        }

        if (!File.Exists(context.TokenFile))
        {
            throw KubeConfig.Invalid(context.Location, $"its token file '{context.TokenFile}' does not exist.");
        }

        credentials.Token = context.TokenFile;
        return new TokenFileAuth(context.TokenFile);
    }

    private static string? Encode(string? pem) => string.IsNullOrEmpty(pem) ? null : Convert.ToBase64String(Encoding.ASCII.GetBytes(pem));

    private static InvalidInputException NoKubeConfig(KubernetesRackOptions options) => new(
        ErrorCode.KubeConfigNotFound,
        $"Cannot find a kubeconfig for the rack '{options.Name}': neither KUBECONFIG nor "
        + $"'{KubernetesClientConfiguration.KubeConfigDefaultLocation}' names one, and this process does not run in a pod.",
        options.Name);

    // The library's message may quote the file.
    private static string Why(Exception e, KubeContext context) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException =>
            $"a file that its context '{context.Configuration.CurrentContext}' names does not exist.",
        IOException or UnauthorizedAccessException =>
            $"a file that its context '{context.Configuration.CurrentContext}' names cannot be read.",
        KubeConfigException when string.IsNullOrWhiteSpace(context.Server) || !Uri.TryCreate(context.Server, UriKind.Absolute, out _) =>
            $"the server of its context '{context.Configuration.CurrentContext}' is not a URL.",
        _ => $"the certificates, keys or credentials of its context '{context.Configuration.CurrentContext}' cannot be read.",
    };
}
