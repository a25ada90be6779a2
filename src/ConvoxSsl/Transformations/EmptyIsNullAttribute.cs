using System.Management.Automation;

namespace ConvoxSsl.Transformations;

/// <summary>Converts empty text, such as an empty cell of a CSV file, to null. PowerShell would convert it to the number 0.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EmptyIsNullAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        SimpleValue.Unwrap(inputData) is string { Length: 0 } ? null : inputData;
}
