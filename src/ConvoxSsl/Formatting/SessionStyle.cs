using System.Management.Automation;
using System.Management.Automation.Host;
using ConvoxSsl.Timeline;

namespace ConvoxSsl.Formatting;

/// <summary>How a session's output may look: its colours, its width.</summary>
internal static class SessionStyle
{
    private const int UsualWidth = 80;

    /// <summary>The colours of <c>$PSStyle</c>, where PowerShell's own formatter would use any.</summary>
    /// <param name="style">The session's <c>$PSStyle</c>, which the library that cmdlets compile against does not know.</param>
    /// <param name="host">The host.</param>
    /// <param name="noColour">What <c>NO_COLOR</c> says; any text asks for none.</param>
    public static TimelineColours GetColours(object? style, PSHost host, string? noColour)
    {
        if (style is null || !string.IsNullOrEmpty(noColour) || !AllowsEscapes(Get(style, "OutputRendering")?.ToString(), host))
        {
            return TimelineColours.None;
        }

        return GetPalette(style);
    }

    /// <summary>The colours of <c>$PSStyle</c>, for text that PowerShell's own formatter will show or strip.</summary>
    /// <param name="style">The session's <c>$PSStyle</c>; null where it has none.</param>
    public static TimelineColours GetPalette(object? style)
    {
        if (style is null)
        {
            return TimelineColours.None;
        }

        var (foreground, formatting) = (Get(style, "Foreground"), Get(style, "Formatting"));
        return new TimelineColours
        {
            Good = Text(foreground, "Green"),
            Warning = Text(formatting, "Warning"),
            Error = Text(formatting, "Error"),
            Header = Text(formatting, "TableHeader"),
            Now = Text(foreground, "BrightCyan"),
            Reset = Text(style, "Reset"),
        };
    }

    /// <summary>How many characters a line holds without touching the last column, after which some consoles go on.</summary>
    public static int GetWidth(PSHost host)
    {
        try
        {
            return host.UI?.RawUI?.BufferSize.Width is > 1 and var width ? width - 1 : UsualWidth;
        }
        catch (Exception e) when (e is HostException or NotImplementedException or NotSupportedException or NullReferenceException or IOException)
        {
            return UsualWidth;
        }
    }

    private static bool AllowsEscapes(string? rendering, PSHost host) => rendering switch
    {
        "Ansi" => true,
        "Host" => host.UI?.SupportsVirtualTerminal == true && !Console.IsOutputRedirected,
        _ => false,
    };

    private static string Text(object? owner, string property) => owner is null ? string.Empty : Get(owner, property)?.ToString() ?? string.Empty;

    private static object? Get(object owner, string property) => PSObject.AsPSObject(owner).Properties[property]?.Value;
}
