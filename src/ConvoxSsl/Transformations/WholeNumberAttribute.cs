using System.Globalization;
using System.Management.Automation;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Transformations;

/// <summary>Rejects text that is not a whole number, and shows the right form.</summary>
/// <param name="example">The parameter with a valid value.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class WholeNumberAttribute(string example) : ArgumentTransformationAttribute
{
    private const int MaxLength = 100;

    /// <summary>The parameter with a valid value.</summary>
    public string Example { get; } = example;

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapper ? wrapper.BaseObject : inputData) is not string { Length: > 0 } text
        || LanguagePrimitives.TryConvertTo<int>(text, CultureInfo.InvariantCulture, out _)
            ? inputData
            : throw new ArgumentTransformationMetadataException(
                $"'{DisplayText.Shorten(text, MaxLength)}' is not a valid number. Use a whole number, such as {Example}.");
}
