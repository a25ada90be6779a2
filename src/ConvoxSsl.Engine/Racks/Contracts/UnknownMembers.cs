using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>Carries over what another version of the module has written into a document and this one does not know.</summary>
public static class UnknownMembers
{
    /// <summary>Adds to a document what only the document before it has, on all its levels but in lists.</summary>
    /// <param name="before">The document that is replaced; null where there is none.</param>
    /// <param name="after">The document that takes its place.</param>
    /// <param name="type">What this version knows of both.</param>
    public static void Keep(JsonObject? before, JsonObject after, JsonTypeInfo type)
    {
        foreach (var (name, value) in Read(before))
        {
            if (type.Properties.FirstOrDefault(p => p.Name == name) is not { } known)
            {
                after[name] = value?.DeepClone();
            }
            else if (value is JsonObject inner && after[name] is JsonObject changed)
            {
                Keep(inner, changed, type.Options.GetTypeInfo(known.PropertyType));
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
            return [];
        }
    }
}
