using System.Globalization;
using System.Management.Automation;
using System.Text.RegularExpressions;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Transformations;

/// <summary>Converts text such as <c>2160h</c> and <c>1h30m</c>, as in the Convox CLI, or <c>90d</c> to a time span.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed partial class DurationAttribute : ArgumentTransformationAttribute
{
    private const int MaxLength = 100;

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var value = SimpleValue.Unwrap(inputData);

        // PowerShell parses an unquoted 90d or 2s as a number with a suffix, and keeps the typed text with it.
        var text = value is IConvertible ? inputData!.ToString() : null;
        if (text is null)
        {
            return value;
        }

        if (DurationPattern().Match(text) is { Success: true, Length: > 0 } match)
        {
            return TimeSpan.FromDays(GetPart(match, "d"))
                + TimeSpan.FromHours(GetPart(match, "h"))
                + TimeSpan.FromMinutes(GetPart(match, "m"))
                + TimeSpan.FromSeconds(GetPart(match, "s"));
        }

        // An empty cell of a CSV file arrives as an empty string.
        return value is string && (text.Length == 0 || TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out _))
            ? value
            : throw new ArgumentTransformationMetadataException(
                $"'{DisplayText.Shorten(text, MaxLength)}' is not a valid time span"
                + (value is string ? ". " : " because it has no unit. ")
                + "Use a number with a unit, such as 7d, 2160h or 1h30m, or a format such as 30.00:00:00.");
    }

    private static int GetPart(Match match, string unit) =>
        match.Groups[unit] is { Success: true } group ? int.Parse(group.Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^(?:(?<d>\d{1,6})d)?(?:(?<h>\d{1,6})h)?(?:(?<m>\d{1,6})m)?(?:(?<s>\d{1,6})s)?$", RegexOptions.CultureInvariant)]
    private static partial Regex DurationPattern();
}
