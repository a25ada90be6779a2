using ConvoxSsl.Engine;
using ConvoxSsl.Kubernetes.Scope;

namespace ConvoxSsl.Kubernetes.Connection;

/// <summary>Creates a client from the user's kubeconfig or the pod's service account.</summary>
internal static class ClusterConnection
{
    private const string ServiceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>
    /// Creates a client, and completes the options with the kubeconfig files and the context that were used. Sends no request
    /// to the cluster; runs the kubeconfig's credential plugin if there is one.
    /// </summary>
    /// <exception cref="InvalidInputException"><c>KubeConfigNotFound</c>, <c>InvalidKubeConfig</c>, <c>ContextNotFound</c>.</exception>
    /// <exception cref="EngineException"><c>CredentialPluginFailed</c>, <c>ClusterUnauthorized</c>.</exception>
    public static async Task<(ClusterClient Client, KubernetesRackOptions Options)> OpenAsync(
        KubernetesRackOptions options, TimeProvider time, CancellationToken ct)
    {
        if (KubeConfig.Find(options.KubeConfig) is not { } kubeConfig)
        {
            return options.Context is null && FindPod() is { } pod
                ? (await ConnectAsync(pod, time, ct).ConfigureAwait(false), options)
                : throw NoKubeConfig(options);
        }

        var context = kubeConfig.Select(options.Context);
        var client = await ConnectAsync(context, time, ct).ConfigureAwait(false);
        return (client, options with { KubeConfig = kubeConfig.Location, Context = context.Name });
    }

    /// <summary>Lists a kubeconfig's contexts, and the racks whose namespaces they name.</summary>
    /// <exception cref="InvalidInputException"><c>KubeConfigNotFound</c>, <c>InvalidKubeConfig</c>.</exception>
    public static (IReadOnlyList<string> Contexts, IReadOnlyList<string> Racks) ReadContexts(string? kubeConfig)
    {
        var contexts = KubeConfig.Find(kubeConfig)?.Contexts ?? [];
        var namespaces = contexts.Select(context => context.Namespace ?? string.Empty);
        return (
            [.. contexts.Select(context => context.Name)],
            [
                .. namespaces.Where(name => name.EndsWith(RackScope.NamespaceEnding, StringComparison.Ordinal))
                    .Select(name => name[..^RackScope.NamespaceEnding.Length])
                    .Distinct(),
            ]);
    }

    private static async Task<ClusterClient> ConnectAsync(KubeContext context, TimeProvider time, CancellationToken ct)
    {
        var isSecure = ClusterClient.ServerOf(context).Scheme == Uri.UriSchemeHttps;
        if (!isSecure || context.User is not { } user)
        {
            // Credentials are for https only, as in kubectl.
            return ClusterClient.Create(context, null, null);
        }

        var certificate = (Pem: user.Certificate.Load(context.Location), Key: user.Key.Load(context.Location));
        var tokens = TokensOf(context.Location, user, time);
        if (tokens is null && user.Plugin is { } settings)
        {
            var plugin = new CredentialPlugin(settings, context.Cluster, context.Location, time);
            var output = await plugin.RunAsync(ct).ConfigureAwait(false);
            tokens = string.IsNullOrEmpty(output.Token) ? null : plugin;
            certificate = certificate.Pem is null ? (output.Certificate, output.Key) : certificate;
        }

        return ClusterClient.Create(context, tokens, ClientCertificate.Create(certificate.Pem, certificate.Key, context.Location));
    }

    private static IRequestTokens? TokensOf(string location, KubeUser user, TimeProvider time)
    {
        if (user.TokenFile is { } file)
        {
            return File.Exists(file) || user.Token is not null
                ? new TokenFileTokens(file, user.Token, time)
                : throw KubeConfig.Invalid(location, $"its tokenFile '{file}' does not exist.");
        }

        return user.Token is { } token ? FixedTokens.FromToken(token)
            : user.UserName is { } name ? FixedTokens.FromPassword(name, user.Password)
            : user.IdToken is { } identity ? FixedTokens.FromIdToken(user.Name, identity, time)
            : null;
    }

    private static KubeContext? FindPod()
    {
        var host = Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST");
        var port = Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_PORT");
        var (token, authority) = (Path.Combine(ServiceAccount, "token"), Path.Combine(ServiceAccount, "ca.crt"));
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port) || !File.Exists(token))
        {
            return null;
        }

        var cluster = new KubeCluster
        {
            Server = $"https://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}",
            Authority = new KubeData("certificate-authority", File.Exists(authority) ? authority : null, null),
        };
        return new KubeContext(ServiceAccount, "pod", cluster, new KubeUser { Name = "pod", TokenFile = token });
    }

    private static InvalidInputException NoKubeConfig(KubernetesRackOptions options) => new(
        ErrorCode.KubeConfigNotFound,
        $"Cannot find a kubeconfig for the rack '{options.Name}': neither KUBECONFIG nor '{KubeConfig.DefaultFile}' names one, "
        + "and this process does not run in a pod.",
        options.Name);
}
