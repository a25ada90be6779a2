using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>The JSON document with the targets of a rack.</summary>
/// <param name="Targets">The targets.</param>
public sealed record TargetDocument(IReadOnlyList<CertificateTarget> Targets)
{
    private const string TargetsName = "targets";
    private const string IdName = "id";

    /// <summary>The targets.</summary>
    public IReadOnlyList<CertificateTarget> Targets { get; init => field = JsonGuard.Items(value); } = JsonGuard.Items(Targets);

    /// <summary>Reads the targets of a document, by id.</summary>
    /// <exception cref="JsonException">The document is not valid.</exception>
    public static IReadOnlyList<CertificateTarget> Read(string json) =>
        JsonSerializer.Deserialize(json, TargetJson.Default.TargetDocument) is { } document
            ? [.. document.Targets.OrderBy(target => target.Id)]
            : throw new JsonException("It is null.");

    /// <summary>Writes a document, and keeps the members that this version does not know.</summary>
    /// <param name="before">The document that is replaced; null if there is none.</param>
    /// <param name="targets">The targets.</param>
    public static string Write(string? before, IReadOnlyList<CertificateTarget> targets)
    {
        var document = new TargetDocument([.. targets.OrderBy(target => target.Id)]);
        var after = JsonSerializer.SerializeToNode(document, TargetJson.Default.TargetDocument)!.AsObject();
        if (before is not null && JsonNode.Parse(before) is JsonObject replaced)
        {
            UnknownMembers.Keep(replaced, after, TargetJson.Default.TargetDocument);
            foreach (var entry in GetEntries(after))
            {
                var old = GetEntries(replaced).FirstOrDefault(other => JsonNode.DeepEquals(other[IdName], entry[IdName]));
                UnknownMembers.Keep(old, entry, TargetJson.Default.CertificateTarget);
            }
        }

        return after.ToJsonString(TargetJson.Default.Options);
    }

    private static IEnumerable<JsonObject> GetEntries(JsonObject document) =>
        document[TargetsName]!.AsArray().Select(entry => entry!.AsObject());
}

/// <summary>The JSON form of targets.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    WriteIndented = true)]
[JsonSerializable(typeof(TargetDocument))]
internal sealed partial class TargetJson : JsonSerializerContext;
