using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes.Scripted;

/// <summary>
/// The members of an object that a manager owns, as paths such as <c>.spec.acme.server</c>, and their form in
/// <c>managedFields</c> (FieldsV1). A list is owned as a whole.
/// </summary>
internal static class FieldSet
{
    private const char Separator = '\u001f';

    private static readonly HashSet<string> System = new(StringComparer.Ordinal)
    {
        "name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
        "managedFields", "selfLink", "generateName",
    };

    /// <summary>Lists the paths of all members except those that the server sets.</summary>
    public static HashSet<string> Of(JsonObject value)
    {
        var paths = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, node) in value)
        {
            if (name == "metadata" && node is JsonObject metadata)
            {
                foreach (var (inner, child) in metadata.Where(m => !System.Contains(m.Key)))
                {
                    Collect(child, name + Separator + inner, paths);
                }
            }
            else if (name is not ("apiVersion" or "kind"))
            {
                Collect(node, name, paths);
            }
        }

        return paths;
    }

    public static string Show(string path) => string.Concat(path.Split(Separator).Select(p => "." + p));

    public static JsonNode? Read(JsonObject value, string path)
    {
        JsonNode? node = value;
        foreach (var part in path.Split(Separator))
        {
            node = (node as JsonObject)?[part];
        }

        return node;
    }

    /// <summary>Removes a member, and its parents if they become empty.</summary>
    public static void Remove(JsonObject value, string path)
    {
        var parts = path.Split(Separator);
        var chain = new Stack<(JsonObject Parent, string Name)>();
        var node = value;
        foreach (var part in parts)
        {
            chain.Push((node, part));
            if (node[part] is not JsonObject child)
            {
                break;
            }

            node = child;
        }

        if (chain.Count < parts.Length)
        {
            return;
        }

        foreach (var (parent, name) in chain)
        {
            parent.Remove(name);
            if (parent.Count > 0)
            {
                break;
            }
        }
    }

    public static HashSet<string> FromFieldsV1(JsonNode? fields)
    {
        var paths = new HashSet<string>(StringComparer.Ordinal);
        Walk(fields as JsonObject ?? [], string.Empty);
        return paths;

        void Walk(JsonObject node, string prefix)
        {
            foreach (var (name, child) in node.Where(n => n.Key.StartsWith("f:", StringComparison.Ordinal)))
            {
                var path = prefix.Length == 0 ? name[2..] : prefix + Separator + name[2..];
                if (child is JsonObject { Count: > 0 } inner)
                {
                    Walk(inner, path);
                }
                else
                {
                    paths.Add(path);
                }
            }
        }
    }

    public static JsonObject ToFieldsV1(IEnumerable<string> paths)
    {
        var root = new JsonObject();
        foreach (var path in paths.Order(StringComparer.Ordinal))
        {
            var node = root;
            foreach (var part in path.Split(Separator))
            {
                node[$"f:{part}"] ??= new JsonObject();
                node = node[$"f:{part}"]!.AsObject();
            }
        }

        return root;
    }

    private static void Collect(JsonNode? node, string path, HashSet<string> paths)
    {
        if (node is not JsonObject { Count: > 0 } map)
        {
            paths.Add(path);
            return;
        }

        foreach (var (name, child) in map)
        {
            Collect(child, path + Separator + name, paths);
        }
    }
}
