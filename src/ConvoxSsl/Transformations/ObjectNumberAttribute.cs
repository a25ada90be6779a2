using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace ConvoxSsl.Transformations;

/// <summary>
/// Converts numbers and objects with a number, such as DNS solvers, including those that a job or a file deserialized, to text. The text
/// can contain wildcards. Rejects all other objects: the ID of a process, for example, is not that of a DNS solver.
/// </summary>
/// <param name="kind">The objects with the numbers, such as <c>DNS solver</c>.</param>
/// <param name="source">The cmdlet that outputs them.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ObjectNumberAttribute(string kind, string source) : ArgumentTransformationAttribute
{
    /// <summary>The objects with the numbers, such as <c>DNS solver</c>.</summary>
    public string Kind { get; } = kind;

    /// <summary>The cmdlet that outputs them.</summary>
    public string Source { get; } = source;

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var items = SimpleValue.Unwrap(inputData) is IList list ? list.Cast<object?>() : [inputData];
        var texts = items.Select(GetText).ToArray();
        return Array.TrueForAll(texts, text => text is not null) ? texts : inputData;
    }

    private string? GetText(object? item) => SimpleValue.Unwrap(item) switch
    {
        null => null,
        string text => text,
        var value when SimpleValue.IsText(value) => value is IConvertible number ? number.ToString(CultureInfo.InvariantCulture) : null,
        _ => FindNumber(item!) ?? throw new ArgumentTransformationMetadataException(
            $"{SimpleValue.DescribeType(item!)} does not name a {Kind}. Give a number such as 1, an object from {Source}, "
            + "or an object such as [pscustomobject]@{ Id = 1 }."),
    };

    private static string? FindNumber(object item)
    {
        var value = SimpleValue.Unwrap(item);
        var id = value is IDictionary values ? values[nameof(ConvoxDnsSolver.Id)]
            : value is PSCustomObject || CertificateInput.IsOfModule(item)
            ? PSObject.AsPSObject(item).Properties[nameof(ConvoxDnsSolver.Id)]?.Value
            : null;
        return SimpleValue.Unwrap(id) switch
        {
            string text => text,
            int or long => Convert.ToString(SimpleValue.Unwrap(id), CultureInfo.InvariantCulture),
            _ => null,
        };
    }
}
