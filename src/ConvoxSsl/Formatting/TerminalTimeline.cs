using System.Management.Automation.Host;
using ConvoxSsl.Timeline;

namespace ConvoxSsl.Formatting;

/// <summary>Draws an expiry timeline for the terminal of a session.</summary>
internal static class TerminalTimeline
{
    /// <summary>Returns the lines of the drawing.</summary>
    /// <param name="timeline">The timeline.</param>
    /// <param name="host">The host of the session.</param>
    /// <param name="style">The session's <c>$PSStyle</c>, or null.</param>
    /// <param name="width">The line length; null for the width of the terminal.</param>
    /// <param name="ascii">True for ASCII characters only; a console without Unicode uses them too.</param>
    public static IReadOnlyList<string> Draw(ExpiryTimeline timeline, PSHost host, object? style, int? width, bool ascii)
    {
        var glyphs = ascii ? TimelineGlyphs.Ascii : TimelineGlyphs.FromEncoding(Console.OutputEncoding);
        var colours = SessionStyle.GetColours(style, host, Environment.GetEnvironmentVariable("NO_COLOR"));
        return TextTimeline.Draw(timeline, width ?? SessionStyle.GetWidth(host), glyphs, colours);
    }
}
