using System.Globalization;
using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes.Scripted;

/// <summary>The stored objects and the version counter of the scripted server. Callers hold its gate.</summary>
internal sealed class ObjectStore
{
    private readonly Dictionary<ServedResource, SortedDictionary<string, JsonObject>> _objects = [];
    private long _version = 100;

    public Lock Gate { get; } = new();

    public long Version => _version;

    public JsonObject? Find(ServedResource resource, string space, string name) => Of(resource).GetValueOrDefault(Key(space, name));

    /// <summary>The objects in the order of etcd: by namespace and name.</summary>
    public IEnumerable<JsonObject> List(ServedResource resource, string space) => space.Length == 0
        ? Of(resource).Values
        : Of(resource).Values.Where(v => (v.Meta("namespace") ?? string.Empty) == space);

    /// <summary>Stores an object under a new version, and replaces the one of the same name.</summary>
    public JsonObject Put(ServedResource resource, JsonObject value)
    {
        value.Metadata()["resourceVersion"] = NextVersion();
        Of(resource)[KeyOf(value)] = value;
        return value;
    }

    public void Remove(ServedResource resource, JsonObject value)
    {
        NextVersion();
        Of(resource).Remove(KeyOf(value));
    }

    public static string KeyOf(JsonObject value) => Key(value.Meta("namespace") ?? string.Empty, value.Name());

    private static string Key(string space, string name) => space.Length == 0 ? name : $"{space}/{name}";

    private string NextVersion() => (++_version).ToString(CultureInfo.InvariantCulture);

    private SortedDictionary<string, JsonObject> Of(ServedResource resource)
    {
        if (!_objects.TryGetValue(resource, out var found))
        {
            _objects[resource] = found = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        }

        return found;
    }
}
