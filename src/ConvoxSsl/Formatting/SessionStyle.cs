using System.Management.Automation;
using System.Management.Automation.Host;
using ConvoxSsl.Timeline;

namespace ConvoxSsl.Formatting;

/// <summary>Reads the colors and the line width of a session.</summary>
internal static class SessionStyle
{
    private const int DefaultWidth = 80;

    /// <summary>Returns the colors of <c>$PSStyle</c>; none if PowerShell's own formatter would use none.</summary>
    /// <param name="style">The session's <c>$PSStyle</c>. Its type is missing in PowerShellStandard.</param>
    /// <param name="host">The host.</param>
    /// <param name="noColour">The value of <c>NO_COLOR</c>; any text disables colors.</param>
    public static TimelineColours GetColours(object? style, PSHost host, string? noColour)
    {
        if (style is null || !string.IsNullOrEmpty(noColour) || !AllowsEscapes(Get(style, "OutputRendering")?.ToString(), host))
        {
            return TimelineColours.None;
        }

        return GetPalette(style);
    }

    /// <summary>Returns the colors of <c>$PSStyle</c> for text that PowerShell's own formatter shows or strips.</summary>
    /// <param name="style">The session's <c>$PSStyle</c>, or null.</param>
    public static TimelineColours GetPalette(object? style)
    {
        if (style is null)
        {
            return TimelineColours.None;
        }

        var (foreground, formatting) = (Get(style, "Foreground"), Get(style, "Formatting"));
        return new TimelineColours
        {
            Good = GetText(foreground, "Green"),
            Warning = GetText(formatting, "Warning"),
            Error = GetText(formatting, "Error"),
            Header = GetText(formatting, "TableHeader"),
            Now = GetText(foreground, "BrightCyan"),
            Reset = GetText(style, "Reset"),
        };
    }

    /// <summary>Returns the line width without the last column, after which some consoles wrap.</summary>
    public static int GetWidth(PSHost host) => FindWidth(host) ?? DefaultWidth;

    /// <summary>Finds the line width without the last column; null if the host has no screen.</summary>
    public static int? FindWidth(PSHost host)
    {
        try
        {
            return host.UI?.RawUI?.BufferSize.Width is > 1 and var width ? width - 1 : null;
        }
        catch (Exception e) when (e is HostException or NotImplementedException or NotSupportedException
            or NullReferenceException or IOException)
        {
            return null;
        }
    }

    private static bool AllowsEscapes(string? rendering, PSHost host) => rendering switch
    {
        "Ansi" => true,
        "Host" => host.UI?.SupportsVirtualTerminal == true && !Console.IsOutputRedirected,
        _ => false,
    };

    private static string GetText(object? owner, string property) =>
        owner is null ? string.Empty : Get(owner, property)?.ToString() ?? string.Empty;

    private static object? Get(object owner, string property) => PSObject.AsPSObject(owner).Properties[property]?.Value;
}
