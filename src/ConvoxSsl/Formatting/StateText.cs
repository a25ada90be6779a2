using System.Management.Automation;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Formatting;

/// <summary>
/// What the module's views show of a state or a time: text in the colours of <c>$PSStyle</c>. PowerShell takes the colours
/// out again where its output has none.
/// </summary>
public static class StateText
{
    /// <summary>A state in the colour of how good it is; also one that a job or a file brought back as text.</summary>
    /// <param name="state">The state.</param>
    /// <param name="style">The session's <c>$PSStyle</c>.</param>
    public static string Of(PSObject? state, object? style)
    {
        var text = state?.ToString() ?? string.Empty;
        var colours = SessionStyle.GetPalette(style);
        return colours.Paint(text switch
        {
            "Ready" or "True" or "Renewed" or "Updated" or "Created" => colours.Good,
            "Pending" or "Waiting" or "Detached" or "NotCovered" or "Unknown" => colours.Warning,
            _ => IsBad(text) ? colours.Error : string.Empty,
        }, text);
    }

    /// <summary>A mark at what can't be used, for a table that is read without colours.</summary>
    /// <param name="state">The state.</param>
    /// <param name="style">The session's <c>$PSStyle</c>.</param>
    public static string Mark(PSObject? state, object? style)
    {
        var colours = SessionStyle.GetPalette(style);
        return IsBad(state?.ToString()) ? colours.Paint(colours.Error, "!") : string.Empty;
    }

    /// <summary>How far away an expiry is, coloured once the renewal window has begun, and otherwise once it has passed.</summary>
    /// <param name="expires">When it expires; empty where it does not.</param>
    /// <param name="renewAfter">When its renewal window begins; empty where there is none.</param>
    /// <param name="style">The session's <c>$PSStyle</c>.</param>
    public static string Expiry(object? expires, object? renewAfter, object? style)
    {
        if (CertificateInput.ParseTime(expires) is not { } end)
        {
            return string.Empty;
        }

        var now = CompositionRoot.Now;
        var colours = SessionStyle.GetPalette(style);
        var colour = end <= now ? colours.Error : CertificateInput.ParseTime(renewAfter) <= now ? colours.Warning : string.Empty;
        return colours.Paint(colour, RelativeTime.Between(end, now));
    }

    /// <summary>How far away a time is.</summary>
    /// <param name="time">The time; also one that a job or a file brought back as text.</param>
    public static string Distance(object? time) => RelativeTime.Of(CertificateInput.ParseTime(time));

    /// <summary>Several texts as one.</summary>
    /// <param name="texts">The texts; also as a job or a file brings them back.</param>
    public static string List(object? texts) => string.Join(", ", CertificateInput.ParseList(texts));

    private static bool IsBad(string? state) => state is "Failed" or "Expired" or "Revoked" or "Missing" or "False";
}
