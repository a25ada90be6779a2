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
    public static void Keep(JsonObject? before, JsonObject after, JsonTypeInfo type)
    {
        foreach (var (name, value) in Read(before))
        {
            if (type.Properties.FirstOrDefault(p => p.Name == name) is not { } property)
            {
                after[name] = value?.DeepClone();
            }
            else if (value is JsonObject inner && after[name] is JsonObject changed)
            {
                Keep(inner, changed, type.Options.GetTypeInfo(property.PropertyType));
            }
        }
    }

    /// <summary>Gets the members of a document; none if one of them occurs twice, because it is undefined which one counts.</summary>
    public static IReadOnlyList<KeyValuePair<string, JsonNode?>> Read(JsonObject? document)
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
