using ConvoxSsl.Engine;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ConvoxSsl.Kubernetes.Connection;

/// <summary>
/// A user's kubeconfig: one file, or several that are merged as kubectl merges them. The first file that defines a context,
/// a cluster or a user wins, and relative paths are relative to the file that contains them.
/// </summary>
/// <seealso href="https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig"/>
/// <seealso href="https://kubernetes.io/docs/reference/config-api/kubeconfig.v1"/>
internal sealed class KubeConfig
{
    private readonly IReadOnlyList<(string File, KubeNode Content)> _parts;

    private KubeConfig(IReadOnlyList<(string, KubeNode)> parts) => _parts = parts;

    /// <summary>The user's own kubeconfig, which is used without <c>KUBECONFIG</c>.</summary>
    public static string DefaultFile =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "config");

    /// <summary>The files, separated as in <c>KUBECONFIG</c>.</summary>
    public string Location => string.Join(Path.PathSeparator, _parts.Select(part => part.File));

    /// <summary>The name of the current context; null if there is none.</summary>
    public string? CurrentContext => _parts.Select(part => part.Content["current-context"].Text).FirstOrDefault(name => name is not null);

    /// <summary>The contexts with their namespaces.</summary>
    public IReadOnlyList<(string Name, string? Namespace)> Contexts =>
        [.. Entries("contexts", "context").Select(entry => (entry.Name, entry.Value["namespace"].Text))];

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
        var chosen = Entries("contexts", "context").FirstOrDefault(entry => entry.Name == name) ?? throw NoContext(name);
        var cluster = Entries("clusters", "cluster").FirstOrDefault(entry => entry.Name == chosen.Value["cluster"].Text)
            ?? throw Invalid(Location, $"its context '{name}' names a cluster that it does not define.");
        var userName = chosen.Value["user"].Text;
        var user = userName is null ? null
            : Entries("users", "user").FirstOrDefault(entry => entry.Name == userName)
                ?? throw Invalid(Location, $"its context '{name}' names a user that it does not define.");
        return new KubeContext(
            Location,
            chosen.Name,
            KubeCluster.Read(cluster.File, cluster.Value),
            user is null ? null : KubeUser.Read(user.File, user.Name, user.Value));
    }

    /// <summary>Creates the error for an unusable kubeconfig. Do not quote a parser's message: it may contain a token.</summary>
    public static InvalidInputException Invalid(string file, string why) =>
        new(ErrorCode.InvalidKubeConfig, $"The kubeconfig '{file}' is not valid: {why}", file)
        {
            Remedy = "Check it with kubectl config view.",
        };

    private InvalidInputException NoContext(string? name)
    {
        string[] known = [.. Contexts.Select(context => context.Name)];
        var names = string.Join(", ", known);
        return new InvalidInputException(
            ErrorCode.ContextNotFound,
            $"The kubeconfig '{Location}' has {(string.IsNullOrEmpty(name) ? "no current context" : $"no context '{name}'")}; "
            + $"its contexts are: {(names.Length > 0 ? names : "none")}.",
            name)
        {
            Remedy = Remedy.Join(Suggestion.Ask(name, known), new Remedy(ErrorCode.ContextNotFound)),
        };
    }

    // kubectl refuses a name that a file defines twice.
    private List<Entry> Entries(string list, string member)
    {
        var found = new Dictionary<string, Entry>(StringComparer.Ordinal);
        var order = new List<Entry>();
        foreach (var (file, content) in _parts)
        {
            foreach (var item in content[list].Items)
            {
                var entry = new Entry(file, item["name"].Text ?? string.Empty, item[member]);
                if (found.TryAdd(entry.Name, entry))
                {
                    order.Add(entry);
                }
                else if (found[entry.Name].File == file)
                {
                    throw Invalid(file, $"its {list} contain '{entry.Name}' twice.");
                }
            }
        }

        return order;
    }

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

        return Existing(DefaultFile);
    }

    // Skip missing files, as kubectl does.
    private static IReadOnlyList<string> Existing(string list) => File.Exists(list)
        ? [Path.GetFullPath(list)]
        : [.. list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Where(File.Exists).Select(Path.GetFullPath).Distinct()];

    private static KubeNode Load(string file)
    {
        try
        {
            var yaml = new YamlStream();
            using var text = new StreamReader(file);
            yaml.Load(text);
            var content = new KubeNode(file, yaml.Documents.Count == 0 ? null : yaml.Documents[0].RootNode);
            if (yaml.Documents.Count > 0 && yaml.Documents[0].RootNode is not YamlMappingNode && content.Exists)
            {
                throw Invalid(file, "it is not a kubeconfig.");
            }

            return content["kind"].Text is null or "Config" && content["apiVersion"].Text is null or "v1"
                ? content
                : throw Invalid(file, "its kind is not Config, or its apiVersion is not v1.");
        }
        catch (YamlException e)
        {
            // The library has no other sign of a repeated key.
            throw Invalid(
                file,
                e.Message.Contains("duplicate key", StringComparison.OrdinalIgnoreCase)
                    ? $"line {e.Start.Line} repeats a key of the same mapping."
                    : $"line {e.Start.Line} is not valid YAML of a kubeconfig.");
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or IndexOutOfRangeException or ArithmeticException
            or FormatException)
        {
            throw Invalid(file, "it is not a kubeconfig.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Invalid(file, e.Message);
        }
    }

    private sealed record Entry(string File, string Name, KubeNode Value);
}
