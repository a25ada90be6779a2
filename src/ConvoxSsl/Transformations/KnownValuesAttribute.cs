using System.Collections;
using System.Globalization;
using System.Management.Automation;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Transformations;

/// <summary>Rejects text that is not a value of an enumeration, and names the values and the one that was probably meant.</summary>
/// <param name="type">The enumeration.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class KnownValuesAttribute(Type type) : ArgumentTransformationAttribute
{
    /// <summary>The enumeration.</summary>
    public Type Type { get; } = type;

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var input = SimpleValue.Unwrap(inputData);
        foreach (var text in (input is IList items ? items.Cast<object?>().Select(SimpleValue.Unwrap) : [input]).OfType<string>())
        {
            Require(text);
        }

        return inputData;
    }

    // PowerShell accepts an unambiguous beginning of a name too.
    private void Require(string text)
    {
        if (text.Length > 0 && !LanguagePrimitives.TryConvertTo(text, Type, CultureInfo.InvariantCulture, out _))
        {
            var names = Enum.GetNames(Type);
            var advice = Suggestion.Prepend(text, names, $"The values are {string.Join(", ", names)}.");
            throw new ArgumentTransformationMetadataException($"'{DisplayText.Shorten(text, 100)}' is not a known value. {advice}");
        }
    }
}
