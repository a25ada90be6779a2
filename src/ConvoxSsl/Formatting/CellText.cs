using System.Globalization;
using System.Management.Automation.Host;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Formatting;

/// <summary>Formats IDs, names, issuers and times for the columns of the module's tables.</summary>
public static class CellText
{
    // The widths of the columns in ConvoxSsl.Format.ps1xml.
    private const int IdWidth = 14;
    private const int IssuerWidth = 15;

    private const string StagingSuffix = "-staging";
    private const string Ellipsis = "\u2026";
    private const string Separators = "/\\";
    private const string StepSeparator = ": ";

    // A word that is longer than its column is split after one of these, if possible.
    private static readonly char[] Breaks = ['.', '/', '\\', '-', '_', ':', ',', ';', '=', '&', '?'];

    // A column that is narrower shows nothing useful, so that PowerShell may as well shorten the text.
    private const int MinWidth = 8;

    /// <summary>Returns the width of a column without a fixed one, in tables of the terminal, of Out-String and of Out-File.</summary>
    /// <param name="host">The host.</param>
    /// <param name="used">The width of the other columns, with the spaces between all columns.</param>
    /// <param name="columns">The number of columns without a fixed width.</param>
    public static int Width(PSHost host, int used, int columns)
    {
        var line = CommandWidth.Find() is { } given ? given - 1 : SessionStyle.FindWidth(host) ?? int.MaxValue;
        var width = (line - used) / columns;
        return width < MinWidth ? int.MaxValue : width;
    }

    /// <summary>Returns the beginning of an ID that fits into its column. Cmdlets accept it as it is shown, without a mark.</summary>
    /// <param name="id">The ID.</param>
    public static string Id(object? id) => id?.ToString() is { } text ? text[..Math.Min(text.Length, IdWidth)] : string.Empty;

    /// <summary>Formats names as the first one and the number of the others: <c>www.example.org +2</c>.</summary>
    /// <param name="domain">The first name.</param>
    /// <param name="domains">All names. Accepts a deserialized list.</param>
    public static string Names(object? domain, object? domains) => Names(domain, domains, int.MaxValue);

    /// <summary>Does the same within a width. Shortens the name, so that the number stays visible.</summary>
    /// <param name="domain">The first name.</param>
    /// <param name="domains">All names. Accepts a deserialized list.</param>
    /// <param name="width">The width of the column.</param>
    public static string Names(object? domain, object? domains, int width)
    {
        var others = CertificateInput.CountItems(domains) - 1;
        var number = others > 0 ? string.Create(CultureInfo.InvariantCulture, $" +{others}") : string.Empty;
        return Beginning(domain, width - number.Length) + number;
    }

    /// <summary>Joins the items of a list. If they do not fit, formats them as the first one and the number of the others.</summary>
    /// <param name="texts">The items. Accepts a deserialized list.</param>
    /// <param name="width">The width of the column.</param>
    public static string List(object? texts, int width)
    {
        var joined = StateText.List(texts);
        return joined.Length <= width ? joined : Names(CertificateInput.ParseList(texts)[0], texts, width);
    }

    /// <summary>Shortens a text to its beginning.</summary>
    /// <param name="text">The text.</param>
    /// <param name="width">The width of the column.</param>
    public static string Beginning(object? text, int width) =>
        text?.ToString() is not { } all ? string.Empty : all.Length <= width ? all : all[..(width - 1)] + Ellipsis;

    /// <summary>Shortens a path, or the URL of an account, to its last parts, which matter most.</summary>
    /// <param name="path">The path.</param>
    /// <param name="width">The width of the column.</param>
    public static string PathEnd(object? path, int width)
    {
        var all = path?.ToString() ?? string.Empty;
        if (all.Length <= width)
        {
            return all;
        }

        var end = all[^(width - 1)..];
        return Ellipsis + end[Math.Max(0, end.AsSpan(0, end.Length - 1).IndexOfAny(Separators))..];
    }

    /// <summary>Shortens the name or the location of a rack: a path, or the address of a cluster.</summary>
    /// <param name="location">The name or the location.</param>
    /// <param name="width">The width of the column.</param>
    public static string Location(object? location, int width) =>
        Path.IsPathRooted(location?.ToString()) ? PathEnd(location, width) : Ends(location, width);

    /// <summary>Shortens a text to its beginning and its end.</summary>
    /// <param name="text">The text.</param>
    /// <param name="width">The width of the column.</param>
    public static string Ends(object? text, int width)
    {
        var all = text?.ToString() ?? string.Empty;
        var end = (width - 1) / 2;
        return all.Length <= width ? all : $"{all[..(width - 1 - end)]}{Ellipsis}{all[^end..]}";
    }

    /// <summary>
    /// Wraps a text between words. PowerShell does so only in some languages; in others, and if a word is longer than the column, it
    /// splits words anywhere.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="width">The width of the column.</param>
    public static string Wrap(object? text, int width)
    {
        var all = text?.ToString() ?? string.Empty;
        return all.Length <= width
            ? all
            : string.Join('\n', all.ReplaceLineEndings("\n").Split('\n').SelectMany(line => WrapLine(line, width)));
    }

    /// <summary>Returns the name that a check of a domain is about: <c>www.example.org</c> of <c>www.example.org: CAA</c>.</summary>
    /// <param name="check">The check.</param>
    public static string CheckedName(object? check) => SplitCheck(check).Name;

    /// <summary>Returns the step of a check of a domain: <c>CAA</c> of <c>www.example.org: CAA</c>.</summary>
    /// <param name="check">The check.</param>
    public static string CheckStep(object? check) => SplitCheck(check).Step;

    /// <summary>Describes a DNS solver and a zone of it: <c>1, zone example.org</c>.</summary>
    /// <param name="solver">The number of the solver.</param>
    /// <param name="zone">The zone, or null.</param>
    public static string Zone(object? solver, object? zone) =>
        zone?.ToString() is { Length: > 0 } name ? $"{solver}, zone {name}" : $"{solver}";

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

    // The name can be an IPv6 address.
    private static (string Name, string Step) SplitCheck(object? check)
    {
        var all = check?.ToString() ?? string.Empty;
        var end = all.LastIndexOf(StepSeparator, StringComparison.Ordinal);
        return end < 0 ? (string.Empty, all) : (all[..end], all[(end + StepSeparator.Length)..]);
    }

    private static List<string> WrapLine(string line, int width)
    {
        var lines = new List<string> { string.Empty };
        foreach (var word in line.Split(' '))
        {
            var rest = word;
            if (lines[^1].Length > 0 && lines[^1].Length + 1 + rest.Length <= width)
            {
                lines[^1] += $" {rest}";
                continue;
            }

            if (lines[^1].Length > 0)
            {
                lines.Add(string.Empty);
            }

            while (rest.Length > width)
            {
                var end = rest.LastIndexOfAny(Breaks, width - 1) is >= 0 and var last ? last + 1 : width;
                lines[^1] = rest[..end];
                lines.Add(string.Empty);
                rest = rest[end..];
            }

            lines[^1] = rest;
        }

        return lines;
    }
}
