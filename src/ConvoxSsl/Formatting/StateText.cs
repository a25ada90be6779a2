using System.Management.Automation;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Formatting;

/// <summary>
/// Formats statuses and times for the module's views in the colors of <c>$PSStyle</c>. PowerShell removes the colors if its output
/// has none.
/// </summary>
public static class StateText
{
    // The width of the columns in ConvoxSsl.Format.ps1xml.
    private const int TimeWidth = 18;

    /// <summary>Formats a status in its color. Accepts text, which a job or a file returns.</summary>
    /// <param name="state">The status.</param>
    /// <param name="style">The session's <c>$PSStyle</c>.</param>
    public static string Of(PSObject? state, object? style)
    {
        var text = state?.ToString() ?? string.Empty;
        var colours = SessionStyle.GetPalette(style);
        return colours.Paint(text switch
        {
            "Ready" or "Ok" or "True" or "Renewed" or "Updated" or "Created" or "Current" => colours.Good,
            "Pending" or "Waiting" or "Warning" or "Detached" or "Untested" or "NotCovered" or "Unknown" or "Outdated" => colours.Warning,
            _ => IsBad(text) ? colours.Error : string.Empty,
        }, text);
    }

    /// <summary>Returns a mark for an unusable object, for tables without colors.</summary>
    /// <param name="state">The status.</param>
    /// <param name="style">The session's <c>$PSStyle</c>.</param>
    public static string Mark(PSObject? state, object? style)
    {
        var colours = SessionStyle.GetPalette(style);
        return IsBad(state?.ToString()) ? colours.Paint(colours.Error, "!") : string.Empty;
    }

    /// <summary>Formats the time until an expiry, in color after the start of the renewal window.</summary>
    /// <param name="expires">The expiry, or null.</param>
    /// <param name="renewAfter">The start of the renewal window, or null.</param>
    /// <param name="style">The session's <c>$PSStyle</c>.</param>
    public static string Expiry(object? expires, object? renewAfter, object? style)
    {
        if (CertificateInput.ParseTime(expires) is not { } end)
        {
            return string.Empty;
        }

        var now = TimeProvider.System.GetUtcNow();
        var colours = SessionStyle.GetPalette(style);
        var colour = end <= now ? colours.Error : CertificateInput.ParseTime(renewAfter) <= now ? colours.Warning : string.Empty;
        var text = RelativeTime.Between(end, now);
        return colours.Paint(colour, text.Length <= TimeWidth ? text : Abbreviate(text));
    }

    /// <summary>Formats a time relative to now.</summary>
    /// <param name="time">The time. Accepts text, which a job or a file returns.</param>
    public static string Distance(object? time) => RelativeTime.Of(CertificateInput.ParseTime(time));

    /// <summary>Joins the items of a list.</summary>
    /// <param name="texts">The items. Accepts a deserialized list.</param>
    public static string List(object? texts) => string.Join(", ", CertificateInput.ParseList(texts));

    private static string Abbreviate(string text) =>
        text.Replace(" minutes ", " min ", StringComparison.Ordinal).Replace(" seconds ", " s ", StringComparison.Ordinal);

    private static bool IsBad(string? state) => state is "Failed" or "Expired" or "Revoked" or "Missing" or "False";
}
