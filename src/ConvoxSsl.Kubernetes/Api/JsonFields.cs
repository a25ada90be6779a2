using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConvoxSsl.Kubernetes.Api;

/// <summary>Reads fields of objects that other programs wrote; a field that is missing or has another type is null.</summary>
internal static class JsonFields
{
    /// <summary>Gets the object at a path.</summary>
    public static JsonObject? At(this JsonObject? from, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            from = from?[name] as JsonObject;
        }

        return from;
    }

    /// <summary>Gets a string that is not empty.</summary>
    public static string? Text(this JsonObject? from, string name) =>
        from?[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() is { Length: > 0 } text
            ? text
            : null;

    /// <summary>Gets an integer.</summary>
    public static long? Number(this JsonObject? from, string name) =>
        from?[name] is JsonValue value
        && value.GetValueKind() == JsonValueKind.Number
        && long.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>Gets a time.</summary>
    public static DateTimeOffset? Time(this JsonObject? from, string name) =>
        DateTimeOffset.TryParse(
            from.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;

    /// <summary>Gets the strings of an array.</summary>
    public static IReadOnlyList<string> Texts(this JsonObject? from, string name) =>
        from?[name] is JsonArray array
            ? [.. array.OfType<JsonValue>().Where(v => v.GetValueKind() == JsonValueKind.String).Select(v => v.GetValue<string>())]
            : [];

    /// <summary>Gets the objects of an array.</summary>
    public static IEnumerable<JsonObject> Objects(this JsonObject? from, string name) =>
        from?[name] is JsonArray array ? array.OfType<JsonObject>() : [];

    /// <summary>Gets the object at a path, and creates it if it does not exist.</summary>
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

    /// <summary>Formats a time as the API server does.</summary>
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
