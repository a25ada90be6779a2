using ConvoxSsl.Engine;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;
using k8s;
using k8s.Exceptions;
using k8s.KubeConfigModels;

namespace ConvoxSsl.Kubernetes.Connection;

/// <summary>
/// A user's kubeconfig: one file, or several that are merged as kubectl merges them. The first file that defines a context,
/// a cluster or a user wins, and relative paths are relative to the file that contains them.
/// </summary>
/// <seealso href="https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig"/>
internal sealed class KubeConfig
{
    private readonly IReadOnlyList<(string File, K8SConfiguration Content)> _parts;

    private KubeConfig(IReadOnlyList<(string, K8SConfiguration)> parts) => _parts = parts;

    /// <summary>The files, separated as in <c>KUBECONFIG</c>.</summary>
    public string Location => string.Join(Path.PathSeparator, _parts.Select(part => part.File));

    /// <summary>The name of the current context; null if there is none.</summary>
    public string? CurrentContext => _parts.Select(part => part.Content.CurrentContext).FirstOrDefault(name => !string.IsNullOrEmpty(name));

    /// <summary>The contexts.</summary>
    public IReadOnlyList<Context> Contexts => [.. Named(part => part.Contexts, context => context.Name).Select(found => found.Item)];

    /// <summary>Finds the kubeconfig as kubectl does; null if there is none.</summary>
    /// <param name="location">The file or files, as in <c>KUBECONFIG</c>; null for <c>KUBECONFIG</c>, else the user's own.</param>
    /// <exception cref="InvalidInputException"><c>KubeConfigNotFound</c>, <c>InvalidKubeConfig</c>.</exception>
    public static KubeConfig? Find(string? location)
    {
        var files = Locate(location);
        return files.Count == 0 ? null : new KubeConfig([.. files.Select(file => (file, Load(file)))]);
    }

    /// <summary>Selects a context with its cluster and user.</summary>
    /// <param name="context">The context's name; null for the current one.</param>
    /// <exception cref="InvalidInputException"><c>ContextNotFound</c>, <c>InvalidKubeConfig</c>.</exception>
    public KubeContext Select(string? context)
    {
        var name = string.IsNullOrEmpty(context) ? CurrentContext : context;
        var chosen = Named(part => part.Contexts, item => item.Name).FirstOrDefault(found => found.Item.Name == name).Item
            ?? throw NoContext(name);
        var cluster = Named(part => part.Clusters, item => item.Name)
            .FirstOrDefault(found => found.Item.Name == chosen.ContextDetails?.Cluster);
        if (cluster.Item?.ClusterEndpoint is not { } endpoint)
        {
            throw Invalid(Location, $"its context '{name}' names a cluster that it does not define.");
        }

        endpoint.CertificateAuthority = Absolute(cluster.File, endpoint.CertificateAuthority);
        var selected = new K8SConfiguration { CurrentContext = chosen.Name, Contexts = [chosen], Clusters = [cluster.Item] };
        return string.IsNullOrEmpty(chosen.ContextDetails.User)
            ? new KubeContext(Location, selected, string.Empty, null)
            : WithUser(selected, chosen.ContextDetails);
    }

    private KubeContext WithUser(K8SConfiguration selected, ContextDetails context)
    {
        var (file, user) = Named(part => part.Users, item => item.Name).FirstOrDefault(found => found.Item.Name == context.User);
        if (user is null)
        {
            throw Invalid(Location, $"its context '{selected.CurrentContext}' names a user that it does not define.");
        }

        var directory = Path.GetDirectoryName(file)!;
        var tokenFile = Absolute(file, TokenFileOf(file, user.Name));
        var credentials = user.UserCredentials;
        if (string.IsNullOrEmpty(tokenFile) && (credentials is null || IsEmpty(credentials)))
        {
            // The library requires the user's credentials; the API server may not.
            context.User = null;
            return new KubeContext(Location, selected, directory, null);
        }

        user.UserCredentials = credentials ??= new UserCredentials();
        credentials.ClientCertificate = Absolute(file, credentials.ClientCertificate);
        credentials.ClientKey = Absolute(file, credentials.ClientKey);
        selected.Users = [user];
        return new KubeContext(Location, selected, directory, tokenFile);
    }

    private static bool IsEmpty(UserCredentials user) => user.AuthProvider is null && user.ExternalExecution is null
        && new[] { user.Token, user.UserName, user.ClientCertificate, user.ClientCertificateData }.All(string.IsNullOrEmpty);

    /// <summary>Creates the error for an unusable kubeconfig. Do not quote a parser's message: it may contain a token.</summary>
    public static InvalidInputException Invalid(string file, string why) =>
        new(ErrorCode.InvalidKubeConfig, $"The kubeconfig '{file}' is not valid: {why}", file)
        {
            Remedy = "Check it with kubectl config view.",
        };

    private InvalidInputException NoContext(string? name)
    {
        var names = string.Join(", ", Contexts.Select(context => context.Name));
        return new InvalidInputException(
            ErrorCode.ContextNotFound,
            $"The kubeconfig '{Location}' has {(string.IsNullOrEmpty(name) ? "no current context" : $"no context '{name}'")}; "
            + $"its contexts are: {(names.Length > 0 ? names : "none")}.",
            name);
    }

    private IEnumerable<(string File, T Item)> Named<T>(Func<K8SConfiguration, IEnumerable<T>?> list, Func<T, string> name) =>
        _parts.SelectMany(part => (list(part.Content) ?? []).Select(item => (part.File, Item: item))).DistinctBy(found => name(found.Item));

    private static IReadOnlyList<string> Locate(string? location)
    {
        if (location is not null)
        {
            return Existing(location) is { Count: > 0 } found
                ? found
                : throw new InvalidInputException(ErrorCode.KubeConfigNotFound, $"Cannot find the kubeconfig '{location}'.", location)
                {
                    Remedy = "Check the path.",
                };
        }

        var variable = Environment.GetEnvironmentVariable("KUBECONFIG");
        if (!string.IsNullOrEmpty(variable))
        {
            return Existing(variable) is { Count: > 0 } found
                ? found
                : throw new InvalidInputException(
                    ErrorCode.KubeConfigNotFound, $"Cannot find the kubeconfig '{variable}' that KUBECONFIG names.", variable)
                {
                    Remedy = new Remedy("KubeConfigNotFound.Variable"),
                };
        }

        return Existing(KubernetesClientConfiguration.KubeConfigDefaultLocation);
    }

    // Skip missing files, as kubectl does.
    private static IReadOnlyList<string> Existing(string list) => File.Exists(list)
        ? [Path.GetFullPath(list)]
        : [.. list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Where(File.Exists).Select(Path.GetFullPath)];

    private static K8SConfiguration Load(string file)
    {
        try
        {
            return KubernetesClientConfiguration.LoadKubeConfig(new FileInfo(file), useRelativePaths: false)
                ?? throw Invalid(file, "it is empty.");
        }
        catch (YamlException e)
        {
            throw Invalid(file, $"line {e.Start.Line} is not valid YAML of a kubeconfig.");
        }
        catch (Exception e) when (e is KubeConfigException or InvalidCastException or NullReferenceException or ArgumentException
            or FormatException)
        {
            throw Invalid(file, "it is not a kubeconfig.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Invalid(file, e.Message);
        }
    }

    // The client's model does not have tokenFile.
    private static string? TokenFileOf(string file, string user)
    {
        var yaml = new YamlStream();
        using var text = new StreamReader(file);
        yaml.Load(text);
        var users = Child(yaml.Documents[0].RootNode, "users") as YamlSequenceNode;
        var found = users?.FirstOrDefault(node => (Child(node, "name") as YamlScalarNode)?.Value == user);
        return (Child(Child(found, "user"), "tokenFile") as YamlScalarNode)?.Value;
    }

    private static YamlNode? Child(YamlNode? node, string key) =>
        (node as YamlMappingNode)?.Children.TryGetValue(key, out var child) == true ? child : null;

    private static string? Absolute(string file, string? path) =>
        string.IsNullOrWhiteSpace(path) ? path : Path.GetFullPath(path, Path.GetDirectoryName(file)!);
}

/// <summary>A context of a kubeconfig, with its cluster and user, and with absolute paths.</summary>
/// <param name="Location">The kubeconfig files.</param>
/// <param name="Configuration">The configuration, reduced to this context.</param>
/// <param name="UserDirectory">The directory of the file that defines the user.</param>
/// <param name="TokenFile">The user's token file, which the library does not support.</param>
internal sealed record KubeContext(string Location, K8SConfiguration Configuration, string UserDirectory, string? TokenFile)
{
    /// <summary>The user's credentials; null without a user.</summary>
    public UserCredentials? Credentials => Configuration.Users.FirstOrDefault()?.UserCredentials;

    /// <summary>The server's address.</summary>
    public string? Server => Configuration.Clusters.First().ClusterEndpoint.Server;
}
