using System.Text.RegularExpressions;

namespace ConvoxSsl.Engine.Dns.Providers.Route53;

/// <summary>Validates the user's input for Route53.</summary>
public static partial class Route53Input
{
    private const string ZonePrefix = "/hostedzone/";

    /// <summary>Applies the user's settings to those of a solver.</summary>
    /// <param name="settings">The current settings; null for a new solver.</param>
    /// <param name="given">The settings that the user gave, not validated; null members do not change.</param>
    /// <exception cref="InvalidInputException"><c>InvalidRole</c>, <c>InvalidHostedZoneId</c>, <c>InvalidRegion</c>.</exception>
    public static Route53Settings Change(Route53Settings? settings, Route53Settings given)
    {
        settings ??= new Route53Settings();
        return settings with
        {
            Role = given.Role is null ? settings.Role : Role(given.Role),
            HostedZoneId = given.HostedZoneId is null ? settings.HostedZoneId : HostedZoneId(given.HostedZoneId),
            Region = given.Region is null ? settings.Region : Region(given.Region),
            ExternalId = given.ExternalId ?? settings.ExternalId,
            ProfileName = given.ProfileName ?? settings.ProfileName,
        };
    }

    /// <summary>Parses the id of a hosted zone, with or without the API's prefix.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidHostedZoneId</c>.</exception>
    public static string HostedZoneId(string text)
    {
        var id = text.StartsWith(ZonePrefix, StringComparison.Ordinal) ? text[ZonePrefix.Length..] : text;
        return ZonePattern().IsMatch(id)
            ? id
            : throw new InvalidInputException(
                ErrorCode.InvalidHostedZoneId,
                $"'{text}' is not a valid hosted zone id: ids have up to 32 uppercase letters and digits, such as Z2FDTNDATAQYW2.",
                text) { Remedy = "Copy it from the Route53 console." };
    }

    /// <summary>Validates the ARN of a role (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html).</summary>
    /// <exception cref="InvalidInputException"><c>InvalidRole</c>.</exception>
    public static string Role(string text) => RolePattern().IsMatch(text)
        ? text
        : throw new InvalidInputException(ErrorCode.InvalidRole, $"'{text}' is not the ARN of an IAM role.", text)
        {
            Remedy = "Use an ARN such as arn:aws:iam::123456789012:role/dns-access.",
        };

    /// <summary>Validates an AWS region.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidRegion</c>.</exception>
    public static string Region(string text) => RegionPattern().IsMatch(text)
        ? text
        : throw new InvalidInputException(ErrorCode.InvalidRegion, $"'{text}' is not an AWS region.", text)
        {
            Remedy = "Use a region such as eu-west-1.",
        };

    [GeneratedRegex("^[A-Z0-9]{1,32}$", RegexOptions.CultureInvariant)]
    private static partial Regex ZonePattern();

    [GeneratedRegex(@"^arn:aws(-cn|-us-gov)?:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]{1,512}$", RegexOptions.CultureInvariant)]
    private static partial Regex RolePattern();

    [GeneratedRegex(@"^[a-z]{2,4}(-[a-z]{2,12}){1,3}-[0-9]{1,2}$", RegexOptions.CultureInvariant)]
    private static partial Regex RegionPattern();
}
