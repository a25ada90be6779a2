using ConvoxSsl.Engine;
using k8s;
using k8s.Exceptions;

namespace ConvoxSsl.Kubernetes.Api;

/// <summary>The way from a user's kubeconfig, or a pod's service account, to a client.</summary>
internal static class ClusterConnection
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(8);

    /// <summary>A client; nothing is asked of the cluster yet.</summary>
    /// <exception cref="InvalidInputException"><c>KubeConfigNotFound</c>, <c>InvalidKubeConfig</c>, <c>ContextNotFound</c>.</exception>
    public static k8s.Kubernetes Open(KubernetesRackOptions options)
    {
        var configuration = Configure(options);

        // Nobody waits longer for a server that is not there, and a page of a list comes within the second.
        configuration.HttpClientTimeout = AnswerTimeout;
        configuration.FirstMessageHandlerSetup = handler => handler.ConnectTimeout = ConnectTimeout;
        return new k8s.Kubernetes(configuration);
    }

    /// <summary>The contexts of a kubeconfig, and which one is current.</summary>
    public static (IReadOnlyList<string> Contexts, string? Current) ReadContexts(string? kubeConfig)
    {
        var file = Locate(kubeConfig);
        if (file is null)
        {
            return ([], null);
        }

        var read = Load(file);
        return ([.. (read.Contexts ?? []).Select(c => c.Name)], read.CurrentContext);
    }

    private static KubernetesClientConfiguration Configure(KubernetesRackOptions options)
    {
        if (Locate(options.KubeConfig) is not { } file)
        {
            return options.Context is null && KubernetesClientConfiguration.IsInCluster() ? KubernetesClientConfiguration.InClusterConfig() : throw NoKubeConfig(options);
        }

        var read = Load(file);
        var context = options.Context ?? read.CurrentContext;
        if (string.IsNullOrEmpty(context) || (read.Contexts ?? []).All(c => c.Name != context))
        {
            var known = string.Join(", ", (read.Contexts ?? []).Select(c => c.Name));
            throw new InvalidInputException(
                "ContextNotFound",
                $"{(string.IsNullOrEmpty(context) ? $"The kubeconfig '{file}' has no current context" : $"The kubeconfig '{file}' has no context '{context}'")}; it has {(known.Length > 0 ? known : "none")}. Name one with -Context.",
                context);
        }

        try
        {
            return KubernetesClientConfiguration.BuildConfigFromConfigObject(read, context);
        }
        catch (Exception e) when (e is KubeConfigException or KubernetesClientException or IOException or FormatException or InvalidOperationException or UriFormatException or System.Security.Cryptography.CryptographicException)
        {
            throw Invalid(file, e);
        }
    }

    // As kubectl: the parameter, else the first file of KUBECONFIG that is there, else the user's own.
    private static string? Locate(string? given)
    {
        if (given is not null)
        {
            return File.Exists(given) ? given : throw new InvalidInputException("KubeConfigNotFound", $"There is no kubeconfig '{given}'. Check the path.", given);
        }

        var variable = Environment.GetEnvironmentVariable("KUBECONFIG");
        if (!string.IsNullOrEmpty(variable))
        {
            return variable.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(File.Exists)
                ?? throw new InvalidInputException("KubeConfigNotFound", $"There is no kubeconfig '{variable}', which KUBECONFIG names. Check the variable, or give -KubeConfig.", variable);
        }

        return File.Exists(KubernetesClientConfiguration.KubeConfigDefaultLocation) ? KubernetesClientConfiguration.KubeConfigDefaultLocation : null;
    }

    private static k8s.KubeConfigModels.K8SConfiguration Load(string file)
    {
        try
        {
            return KubernetesClientConfiguration.LoadKubeConfig(new FileInfo(file)) ?? throw new InvalidInputException("InvalidKubeConfig", $"The kubeconfig '{file}' is empty.", file);
        }
        catch (Exception e) when (e is KubeConfigException or YamlDotNet.Core.YamlException or IOException or UnauthorizedAccessException)
        {
            throw Invalid(file, e);
        }
    }

    private static InvalidInputException NoKubeConfig(KubernetesRackOptions options) => new(
        "KubeConfigNotFound",
        $"There is no kubeconfig for the rack '{options.Name}': neither KUBECONFIG nor '{KubernetesClientConfiguration.KubeConfigDefaultLocation}' names one, and this is no pod. Name it with -KubeConfig.",
        options.Name);

    // A parser's words may quote the file, and so a token.
    private static InvalidInputException Invalid(string file, Exception cause) => new(
        "InvalidKubeConfig",
        $"The kubeconfig '{file}' can't be used: {(cause is YamlDotNet.Core.YamlException yaml ? $"it is no YAML at line {yaml.Start.Line}." : $"{cause.GetType().Name}.")} Check it with kubectl config view.",
        file);
}
