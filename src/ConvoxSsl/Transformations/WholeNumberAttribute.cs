using System.Globalization;
using System.Management.Automation;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Transformations;

/// <summary>Rejects what is not a whole number or out of range, and shows the right form.</summary>
/// <param name="example">The parameter with a valid value.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class WholeNumberAttribute(string example) : ArgumentTransformationAttribute
{
    private const int MaxLength = 100;

    /// <summary>The parameter with a valid value.</summary>
    public string Example { get; } = example;

    /// <summary>The smallest valid number.</summary>
    public int Min { get; init; } = int.MinValue;

    /// <summary>The largest valid number.</summary>
    public int Max { get; init; } = int.MaxValue;

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        // PowerShell converts empty text to 0.
        var input = SimpleValue.Unwrap(inputData);
        if (input is not IConvertible value || (input is string { Length: 0 } && Min <= 0))
        {
            return inputData;
        }

        var text = DisplayText.Shorten(value.ToString(CultureInfo.InvariantCulture), MaxLength);
        return !LanguagePrimitives.TryConvertTo<int>(input, CultureInfo.InvariantCulture, out var number)
            ? throw new ArgumentTransformationMetadataException(
                $"'{text}' is not a valid number. Use a whole number, such as {Example}.")
            : number < Min || number > Max
            ? throw new ArgumentTransformationMetadataException(
                $"'{text}' is not a valid number. Use {DescribeRange()}, such as {Example}.")
            : inputData;
    }

    private string DescribeRange() => Max == int.MaxValue
        ? string.Create(CultureInfo.InvariantCulture, $"a number of at least {Min}")
        : string.Create(CultureInfo.InvariantCulture, $"a number from {Min} to {Max}");
}
