using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ConvoxSsl.Engine;

/// <summary>
/// What the types of a document promise and its reader does not see to: it sets null where the type allows none, and a
/// member with a default to null where the document lacks it. For the setters of what is read.
/// </summary>
internal static class JsonGuard
{
    // What HTTP servers take at most, and far below what System.Uri can join.
    private const int LongestUrl = 8192;

    public static T NotNull<T>(T? value, [CallerMemberName] string member = "")
        where T : class => value ?? throw new JsonException($"'{member}' is missing or null.");

    public static IReadOnlyList<T> Items<T>(IReadOnlyList<T>? list, [CallerMemberName] string member = "")
        where T : class => NotNull(list, member).Contains(null!) ? throw new JsonException($"'{member}' holds a null.") : list!;

    public static Uri Url(Uri? url, [CallerMemberName] string member = "") => NotNull(url, member) is { IsAbsoluteUri: true, OriginalString.Length: <= LongestUrl }
        ? url!
        : throw new JsonException($"'{member}' is not an absolute URL.");

    public static Uri? UrlOrNull(Uri? url, [CallerMemberName] string member = "") => url is null ? null : Url(url, member);

    public static T Defined<T>(T value, [CallerMemberName] string member = "")
        where T : struct, Enum => Enum.IsDefined(value) ? value : throw new JsonException($"'{member}' has no meaning.");
}
