using System.Collections;
using System.Management.Automation;
using System.Text.RegularExpressions;

namespace ConvoxSsl.Transformations;

/// <summary>
/// Converts a certificate to its names, which PowerShell would convert to its ID, and flattens lists: names that are separated by spaces
/// and commas arrive as a list of lists. Rejects objects whose text is not a name, such as files.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed partial class DomainNamesAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => Unwrap(inputData) switch
    {
        ConvoxCertificate certificate => certificate.Domains.ToArray(),
        IList items => items.Cast<object?>().SelectMany(Flatten).ToArray(),
        _ => Require(inputData),
    };

    private static IEnumerable<object?> Flatten(object? item) => Unwrap(item) switch
    {
        ConvoxCertificate certificate => certificate.Domains,
        IList items => items.Cast<object?>().SelectMany(Flatten),
        string text when ParameterName().IsMatch(text) =>
            throw new ArgumentTransformationMetadataException($"Cannot find a parameter that matches the name '{text[1..]}'."),
        _ => [Require(item)],
    };

    // PowerShell reads the property Domain or Domains of an object after this.
    private static object? Require(object? value) =>
        value is null or string || SimpleValue.IsText(value) || Unwrap(value) is string or PSCustomObject or IDictionary
        || PSObject.AsPSObject(value).Properties.Any(property => property.Name is "Domain" or "Domains")
            ? value
            : throw new ArgumentTransformationMetadataException(
                $"{SimpleValue.DescribeType(value)} is not a name. Give names such as www.example.org, or an object such as "
                + "[pscustomobject]@{ Domain = 'www.example.org' }.");

    private static object? Unwrap(object? value) => SimpleValue.Unwrap(value);

    // PowerShell passes the name of an unknown parameter, and then its value, like names that are separated by spaces.
    [GeneratedRegex(@"^[-\u2013-\u2015]\p{L}\w*:?$", RegexOptions.CultureInvariant)]
    private static partial Regex ParameterName();
}
