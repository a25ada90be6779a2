using System.Globalization;
using System.Text.RegularExpressions;

namespace ConvoxSsl.Kubernetes.CertManager;

/// <summary>Durations in Go's format.</summary>
/// <seealso href="https://pkg.go.dev/time#ParseDuration"/>
internal static partial class GoDuration
{
    /// <summary>Parses a duration; null if the text is not one.</summary>
    public static TimeSpan? Parse(string? text)
    {
        if (text is null || Whole().Match(text) is not { Success: true } match)
        {
            return null;
        }

        var seconds = 0d;
        for (var i = 0; i < match.Groups["value"].Captures.Count; i++)
        {
            var value = double.Parse(match.Groups["value"].Captures[i].Value, CultureInfo.InvariantCulture);
            seconds += value * SecondsOf(match.Groups["unit"].Captures[i].Value);
        }

        return seconds < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
    }

    /// <summary>Formats a duration, in whole hours if that is exact.</summary>
    public static string Format(TimeSpan span)
    {
        var hours = (long)span.TotalHours;
        return span == TimeSpan.FromHours(hours)
            ? string.Create(CultureInfo.InvariantCulture, $"{hours}h")
            : string.Create(CultureInfo.InvariantCulture, $"{hours}h{span.Minutes}m{span.Seconds}s");
    }

    private static double SecondsOf(string unit) => unit switch
    {
        "h" => 3600,
        "m" => 60,
        "s" => 1,
        "ms" => 1e-3,
        "ns" => 1e-9,
        _ => 1e-6,
    };

    [GeneratedRegex(@"^\+?(?:(?<value>\d{1,12}(?:\.\d{0,12})?)(?<unit>ns|us|µs|μs|ms|h|m|s))+$", RegexOptions.CultureInvariant)]
    private static partial Regex Whole();
}
