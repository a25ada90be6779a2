using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConvoxSsl.Kubernetes.Api;

/// <summary>Reads fields of objects that others wrote; what is missing or of another type is null.</summary>
internal static class JsonFields
{
    /// <summary>The object at a path; null where there is none.</summary>
    public static JsonObject? At(this JsonObject? from, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            from = from?[name] as JsonObject;
        }

        return from;
    }

    /// <summary>A text that says something.</summary>
    public static string? Text(this JsonObject? from, string name) =>
        from?[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() is { Length: > 0 } text ? text : null;

    /// <summary>A whole number.</summary>
    public static long? Number(this JsonObject? from, string name) =>
        from?[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number && long.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A time.</summary>
    public static DateTimeOffset? Time(this JsonObject? from, string name) =>
        DateTimeOffset.TryParse(from.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    /// <summary>The texts of an array.</summary>
    public static IReadOnlyList<string> Texts(this JsonObject? from, string name) =>
        from?[name] is JsonArray array ? [.. array.OfType<JsonValue>().Where(v => v.GetValueKind() == JsonValueKind.String).Select(v => v.GetValue<string>())] : [];

    /// <summary>The objects of an array.</summary>
    public static IEnumerable<JsonObject> Objects(this JsonObject? from, string name) => from?[name] is JsonArray array ? array.OfType<JsonObject>() : [];

    /// <summary>The object at a path, which is made where there is none.</summary>
    public static JsonObject Make(this JsonObject from, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (from[name] is not JsonObject inner)
            {
                from[name] = inner = [];
            }

            from = inner;
        }

        return from;
    }

    /// <summary>A time as the API server writes it.</summary>
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
