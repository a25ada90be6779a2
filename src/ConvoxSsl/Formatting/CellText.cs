using System.Globalization;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Formatting;

/// <summary>Formats IDs, names, issuers and times for the columns of the module's tables.</summary>
public static class CellText
{
    // The widths of the columns in ConvoxSsl.Format.ps1xml.
    private const int IdWidth = 14;
    private const int IssuerWidth = 15;

    private const string StagingSuffix = "-staging";

    /// <summary>Returns the beginning of an ID that fits into its column. Cmdlets accept it as it is shown, without a mark.</summary>
    /// <param name="id">The ID.</param>
    public static string Id(object? id) => id?.ToString() is { } text ? text[..Math.Min(text.Length, IdWidth)] : string.Empty;

    /// <summary>Formats names as the first one and the number of the others: <c>www.example.org +2</c>.</summary>
    /// <param name="domain">The first name.</param>
    /// <param name="domains">All names. Accepts a deserialized list.</param>
    public static string Names(object? domain, object? domains)
    {
        var others = CertificateInput.CountItems(domains) - 1;
        return others > 0 ? string.Create(CultureInfo.InvariantCulture, $"{domain} +{others}") : domain?.ToString() ?? string.Empty;
    }

    /// <summary>Formats an issuer: the host of an ACME directory. Shortens a name so that it still says that it is a staging CA.</summary>
    /// <param name="issuer">The name or the URL of the issuer.</param>
    public static string Issuer(object? issuer)
    {
        var text = issuer?.ToString() ?? string.Empty;
        text = text.Contains("://", StringComparison.Ordinal) && Uri.TryCreate(text, UriKind.Absolute, out var url) ? url.Authority : text;
        return text.Length > IssuerWidth && text.EndsWith(StagingSuffix, StringComparison.Ordinal)
            ? $"{text[..(IssuerWidth - StagingSuffix.Length - 1)]}\u2026{StagingSuffix}"
            : text;
    }

    /// <summary>Formats a time with its time zone; an empty string for null.</summary>
    /// <param name="time">The time. Accepts text, which a job or a file returns.</param>
    public static string Time(object? time) =>
        CertificateInput.ParseTime(time)?.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture) ?? string.Empty;
}
