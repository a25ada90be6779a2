using System.Text.Json.Nodes;

namespace ConvoxSsl.TestKit.Kubernetes.Scripted;

/// <summary>The owners of an object's members in its <c>managedFields</c>, and server-side apply.</summary>
internal sealed class FieldManagers
{
    private readonly List<Entry> _entries;

    private FieldManagers(List<Entry> entries) => _entries = entries;

    public static FieldManagers Of(JsonObject? value) => new(
    [
        .. (value?["metadata"]?["managedFields"] as JsonArray ?? []).Select(e => new Entry(
            ApiObject.Text(e!["manager"]) ?? string.Empty,
            ApiObject.Text(e["operation"]) ?? string.Empty,
            ApiObject.Text(e["apiVersion"]) ?? string.Empty,
            ApiObject.Text(e["time"]) ?? string.Empty,
            FieldSet.FromFieldsV1(e["fieldsV1"]))),
    ]);

    /// <summary>Makes the writer the only owner of the members that a write has changed.</summary>
    /// <param name="before">The stored object; null if it is new.</param>
    /// <param name="after">The object to store, whose managedFields are updated.</param>
    public static void Note(JsonObject? before, JsonObject after, string manager, string time)
    {
        var managers = Of(before);
        var now = FieldSet.Of(after);
        var changed = now.Where(p => before is null
            || !JsonNode.DeepEquals(FieldSet.Read(before, p), FieldSet.Read(after, p))).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in managers._entries)
        {
            entry.Fields.RemoveWhere(p => !now.Contains(p) || changed.Contains(p));
        }

        if (changed.Count > 0)
        {
            managers.Own(manager, "Update", ApiObject.Text(after["apiVersion"])!, time, changed);
        }

        managers.Write(after);
    }

    /// <summary>Applies a manager's object.</summary>
    /// <returns>The resulting object.</returns>
    /// <exception cref="ApiProblem">Others own members that would change, and the apply is not forced.</exception>
    public static JsonObject Apply(JsonObject live, JsonObject wanted, string manager, bool force, string time)
    {
        var managers = Of(live);
        var fields = FieldSet.Of(wanted);
        var differing = fields.Where(
            p => !JsonNode.DeepEquals(FieldSet.Read(live, p), FieldSet.Read(wanted, p))).ToHashSet(StringComparer.Ordinal);
        var others = managers._entries.Where(e => e.Manager != manager || e.Operation != "Apply").ToList();
        var conflicts = others.SelectMany(
            e => e.Fields.Where(differing.Contains).Order(StringComparer.Ordinal).Select(p => (e.Shown, FieldSet.Show(p)))).ToList();
        if (conflicts.Count > 0 && !force)
        {
            throw ApiProblem.ApplyConflict(conflicts);
        }

        var result = Patches.Merge(live.Copy(), wanted);
        others.ForEach(e => e.Fields.ExceptWith(differing));
        var entry = managers._entries.Find(e => e.Manager == manager && e.Operation == "Apply");
        foreach (var path in entry?.Fields.Where(p => !fields.Contains(p) && !others.Exists(e => e.Fields.Contains(p))) ?? [])
        {
            FieldSet.Remove(result, path);
        }

        // An apply without changes does not even update the time.
        var since = entry is not null && differing.Count == 0 && entry.Fields.SetEquals(fields) ? entry.Time : time;
        entry?.Fields.Clear();
        managers.Own(manager, "Apply", ApiObject.Text(wanted["apiVersion"])!, since, fields);
        managers.Write(result);
        return result;
    }

    private void Own(string manager, string operation, string apiVersion, string time, HashSet<string> fields)
    {
        var index = _entries.FindIndex(e => e.Manager == manager && e.Operation == operation);
        if (index < 0)
        {
            _entries.Add(new Entry(manager, operation, apiVersion, time, fields));
            return;
        }

        var old = _entries[index];
        _entries[index] = new Entry(manager, operation, apiVersion, time, [.. old.Fields, .. fields]);
    }

    private void Write(JsonObject value) => value.Metadata()["managedFields"] = new JsonArray(
    [
        .. _entries.Where(e => e.Fields.Count > 0).Select(e => (JsonNode)new JsonObject
        {
            ["manager"] = e.Manager,
            ["operation"] = e.Operation,
            ["apiVersion"] = e.ApiVersion,
            ["time"] = e.Time,
            ["fieldsType"] = "FieldsV1",
            ["fieldsV1"] = FieldSet.ToFieldsV1(e.Fields),
        }),
    ]);

    private sealed record Entry(string Manager, string Operation, string ApiVersion, string Time, HashSet<string> Fields)
    {
        public string Shown => Operation == "Update" ? $"\"{Manager}\" using {ApiVersion}" : $"\"{Manager}\"";
    }
}
