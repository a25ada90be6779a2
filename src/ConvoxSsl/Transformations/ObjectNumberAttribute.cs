using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace ConvoxSsl.Transformations;

/// <summary>
/// Converts numbers, and objects with a number such as DNS solvers, including those that a job or a file deserialized, to text. The
/// text can contain wildcards.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ObjectNumberAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var items = Unwrap(inputData) is IList list ? list.Cast<object?>() : [inputData];
        var texts = items.Select(GetText).ToArray();
        return Array.TrueForAll(texts, text => text is not null) ? texts : inputData;
    }

    private static string? GetText(object? item) => Unwrap(item) switch
    {
        string text => text,
        int or long or double or decimal => Convert.ToString(Unwrap(item), CultureInfo.InvariantCulture),
        null => null,
        _ => PSObject.AsPSObject(item).Properties[nameof(ConvoxDnsSolver.Id)]?.Value is { } id && Unwrap(id) is string or int or long
            ? Convert.ToString(Unwrap(id), CultureInfo.InvariantCulture)
            : null,
    };

    private static object? Unwrap(object? value) =>
        value is PSObject { BaseObject: not PSCustomObject } wrapper ? wrapper.BaseObject : value;
}
