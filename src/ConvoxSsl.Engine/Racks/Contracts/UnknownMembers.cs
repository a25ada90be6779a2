using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>Preserves JSON members that another version of the module has written.</summary>
public static class UnknownMembers
{
    /// <summary>Copies the members that this version does not know to the new document, on all levels except in lists.</summary>
    /// <param name="before">The document to replace; null if there is none.</param>
    /// <param name="after">The new document.</param>
    /// <param name="type">The type of both documents in this version.</param>
    /// <param name="findType">Finds the type of a member that is not a property of the type; null if it is unknown.</param>
    public static void Keep(JsonObject? before, JsonObject after, JsonTypeInfo type, Func<string, JsonTypeInfo?>? findType = null)
    {
        foreach (var (name, value) in Read(before))
        {
            var member = type.Properties.FirstOrDefault(p => p.Name == name) is { } property
                ? type.Options.GetTypeInfo(property.PropertyType)
                : findType?.Invoke(name);
            if (member is null)
            {
                after[name] = value?.DeepClone();
            }
            else if (value is JsonObject inner && after[name] is JsonObject changed)
            {
                Keep(inner, changed, member);
            }
        }
    }

    // None if a member occurs twice, because it is undefined which one counts.
    private static IReadOnlyList<KeyValuePair<string, JsonNode?>> Read(JsonObject? document)
    {
        try
        {
            return document is null ? [] : [.. document];
        }
        catch (ArgumentException)
        {
            // A duplicate member: its value is ambiguous.
            return [];
        }
    }
}
