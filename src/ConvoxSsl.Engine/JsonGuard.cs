using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ConvoxSsl.Engine;

/// <summary>
/// Rejects nulls and other invalid values that the serializer lets through, for use in the setters of deserialized types.
/// </summary>
internal static class JsonGuard
{
    // The maximum that HTTP servers accept, and far below the limit of System.Uri.
    private const int MaxUrlLength = 8192;

    public static T NotNull<T>(T? value, [CallerMemberName] string member = "")
        where T : class => value ?? throw new JsonException($"'{member}' is missing or null.");

    public static IReadOnlyList<T> Items<T>(IReadOnlyList<T>? list, [CallerMemberName] string member = "")
        where T : class => NotNull(list, member).Contains(null!) ? throw new JsonException($"'{member}' contains a null.") : list!;

    public static Uri Url(Uri? url, [CallerMemberName] string member = "") =>
        NotNull(url, member) is { IsAbsoluteUri: true, OriginalString.Length: <= MaxUrlLength }
        ? url!
        : throw new JsonException($"'{member}' is not an absolute URL.");

    public static Uri? UrlOrNull(Uri? url, [CallerMemberName] string member = "") => url is null ? null : Url(url, member);

    /// <summary>Parses an absolute URL; null if the text is none.</summary>
    public static Uri? TryReadUrl(string? text) =>
        text is { Length: <= MaxUrlLength } && Uri.TryCreate(text, UriKind.Absolute, out var url) ? url : null;

    public static T Defined<T>(T value, [CallerMemberName] string member = "")
        where T : struct, Enum => Enum.IsDefined(value) ? value : throw new JsonException($"'{member}' has an unknown value.");
}
