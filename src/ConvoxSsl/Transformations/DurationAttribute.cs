using System.Globalization;
using System.Management.Automation;
using System.Text.RegularExpressions;

namespace ConvoxSsl.Transformations;

/// <summary>Lets a time span be written as the Convox CLI takes it (<c>2160h</c>, <c>1h30m</c>) or in days (<c>90d</c>).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed partial class DurationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;

        // PowerShell reads a bare 90d or 2s as a number with a suffix, and keeps beside it what was typed.
        var text = value is IConvertible ? inputData!.ToString() : null;
        if (text is null)
        {
            return value;
        }

        if (Parts().Match(text) is { Success: true, Length: > 0 } match)
        {
            return TimeSpan.FromDays(Part(match, "d")) + TimeSpan.FromHours(Part(match, "h")) + TimeSpan.FromMinutes(Part(match, "m")) + TimeSpan.FromSeconds(Part(match, "s"));
        }

        return value is string
            ? value
            : throw new ArgumentTransformationMetadataException($"'{text}' is no time span: it needs a unit. Write it as 90d, 2160h, 1h30m or 30.00:00:00.");
    }

    private static int Part(Match match, string unit) =>
        match.Groups[unit] is { Success: true } group ? int.Parse(group.Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^(?:(?<d>\d{1,6})d)?(?:(?<h>\d{1,6})h)?(?:(?<m>\d{1,6})m)?(?:(?<s>\d{1,6})s)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Parts();
}
