using System.Collections;
using System.Management.Automation;
using System.Text.RegularExpressions;

namespace ConvoxSsl.Transformations;

/// <summary>
/// Converts a certificate to its names, which PowerShell would convert to its ID, and flattens lists: names that are separated by spaces
/// and commas arrive as a list of lists.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed partial class DomainNamesAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => Unwrap(inputData) switch
    {
        ConvoxCertificate certificate => certificate.Domains.ToArray(),
        IList items => items.Cast<object?>().SelectMany(Flatten).ToArray(),
        _ => inputData,
    };

    private static IEnumerable<object?> Flatten(object? item) => Unwrap(item) switch
    {
        ConvoxCertificate certificate => certificate.Domains,
        IList items => items.Cast<object?>().SelectMany(Flatten),
        string text when ParameterName().IsMatch(text) =>
            throw new ArgumentTransformationMetadataException($"Cannot find a parameter that matches the name '{text[1..]}'."),
        _ => [item],
    };

    private static object? Unwrap(object? value) => value is PSObject wrapper ? wrapper.BaseObject : value;

    // PowerShell passes the name of an unknown parameter, and then its value, like names that are separated by spaces.
    [GeneratedRegex(@"^[-\u2013-\u2015]\p{L}\w*:?$", RegexOptions.CultureInvariant)]
    private static partial Regex ParameterName();
}
