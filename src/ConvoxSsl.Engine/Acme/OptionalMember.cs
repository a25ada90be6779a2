using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ConvoxSsl.Engine.Acme;

/// <summary>
/// Reads an optional member of a CA's document. A value of an unexpected type, or an empty one, counts as a missing member: a document
/// without the member would be valid too.
/// </summary>
internal abstract class OptionalMember<T> : JsonConverter<T>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public sealed override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Read(JsonElement.ParseValue(ref reader));

    /// <inheritdoc/>
    public sealed override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        throw new NotSupportedException("The documents of a CA are only read.");

    /// <summary>Reads the value; returns the default of a missing member if it has another type.</summary>
    protected abstract T? Read(JsonElement value);

    /// <summary>Reads a text; null if it is none, or empty.</summary>
    protected static string? ReadText(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair.
            return null;
        }
    }

    /// <summary>Reads an object; null if it is none, or lacks a required member.</summary>
    protected static TObject? ReadObject<TObject>(JsonElement value, JsonTypeInfo<TObject> type)
        where TObject : class
    {
        try
        {
            return value.ValueKind == JsonValueKind.Object ? value.Deserialize(type) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Reads an optional text.</summary>
internal sealed class OptionalText : OptionalMember<string?>
{
    /// <inheritdoc/>
    protected override string? Read(JsonElement value) => ReadText(value);
}

/// <summary>Reads an optional URL; null if it is not absolute.</summary>
internal sealed class OptionalUrl : OptionalMember<Uri?>
{
    /// <inheritdoc/>
    protected override Uri? Read(JsonElement value) => JsonGuard.TryReadUrl(ReadText(value));
}

/// <summary>Reads a URL that the status of its document makes required; a relative one stands for a value that is not valid.</summary>
internal sealed class ConditionalUrl : OptionalMember<Uri?>
{
    private static readonly Uri Invalid = new("invalid", UriKind.Relative);

    /// <inheritdoc/>
    protected override Uri? Read(JsonElement value) =>
        value.ValueKind == JsonValueKind.Null || (value.ValueKind == JsonValueKind.String && value.ValueEquals(string.Empty))
            ? null
            : JsonGuard.TryReadUrl(ReadText(value)) ?? Invalid;
}

/// <summary>Reads an optional time (RFC 3339).</summary>
internal sealed class OptionalTime : OptionalMember<DateTimeOffset?>
{
    /// <inheritdoc/>
    protected override DateTimeOffset? Read(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out var time) ? time : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}

/// <summary>Reads an optional flag, also one that is written as a text.</summary>
internal sealed class OptionalFlag : OptionalMember<bool>
{
    /// <inheritdoc/>
    protected override bool Read(JsonElement value) =>
        value.ValueKind == JsonValueKind.True || (bool.TryParse(ReadText(value), out var flag) && flag);
}

/// <summary>Reads an optional number, also one that is written as a text.</summary>
internal sealed class OptionalNumber : OptionalMember<int?>
{
    /// <inheritdoc/>
    protected override int? Read(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number
        : int.TryParse(ReadText(value), NumberStyles.None, CultureInfo.InvariantCulture, out number) ? number
        : null;
}

/// <summary>Reads an optional list of texts, also a single text; other elements are left out.</summary>
internal sealed class OptionalTexts : OptionalMember<IReadOnlyList<string>>
{
    /// <inheritdoc/>
    protected override IReadOnlyList<string> Read(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(ReadText).OfType<string>()]
        : ReadText(value) is { } text ? [text]
        : [];
}

/// <summary>Reads an optional object with a text for each name; other values are empty texts.</summary>
internal sealed class OptionalTextMap : OptionalMember<IReadOnlyDictionary<string, string>>
{
    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string> Read(JsonElement value)
    {
        var map = new Dictionary<string, string>();
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in value.EnumerateObject())
            {
                map[member.Name] = ReadText(member.Value) ?? string.Empty;
            }
        }

        return map;
    }
}

/// <summary>Reads an optional problem document.</summary>
internal sealed class OptionalProblem : OptionalMember<AcmeProblem?>
{
    /// <inheritdoc/>
    protected override AcmeProblem? Read(JsonElement value) => ReadObject(value, AcmeJson.Default.AcmeProblem);
}

/// <summary>Reads an optional list of problem documents; other elements are left out.</summary>
internal sealed class OptionalProblems : OptionalMember<IReadOnlyList<AcmeProblem>?>
{
    /// <inheritdoc/>
    protected override IReadOnlyList<AcmeProblem>? Read(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(item => ReadObject(item, AcmeJson.Default.AcmeProblem)).OfType<AcmeProblem>()]
            : null;
}

/// <summary>Reads an optional identifier.</summary>
internal sealed class OptionalIdentifier : OptionalMember<AcmeIdentifier?>
{
    /// <inheritdoc/>
    protected override AcmeIdentifier? Read(JsonElement value) => ReadObject(value, AcmeJson.Default.AcmeIdentifier);
}

/// <summary>Reads the optional metadata of a directory.</summary>
internal sealed class OptionalMetadata : OptionalMember<AcmeDirectoryMetadata?>
{
    /// <inheritdoc/>
    protected override AcmeDirectoryMetadata? Read(JsonElement value) => ReadObject(value, AcmeJson.Default.AcmeDirectoryMetadata);
}
