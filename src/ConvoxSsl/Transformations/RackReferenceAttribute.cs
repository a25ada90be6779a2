using System.Management.Automation;

namespace ConvoxSsl.Transformations;

/// <summary>
/// Converts a name or a directory to a <see cref="ConvoxRack"/> reference, which is resolved later. Rejects what is not a rack.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RackReferenceAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        SimpleValue.Unwrap(inputData) switch
        {
            string text => ConvoxRack.CreateReference(text),
            FileSystemInfo directory => ConvoxRack.CreateReference(directory.FullName),
            _ when FindDeserializedName(inputData) is { } name => ConvoxRack.CreateReference(name),
            null => null,
            ConvoxRack rack => rack,
            _ => throw new ArgumentTransformationMetadataException(
                $"{SimpleValue.DescribeType(inputData!)} is not a rack. Give a name such as production, a directory such as ./rack, or an "
                + "object from Connect-ConvoxRack."),
        };

    /// <summary>Returns the name of a rack that a job or a file deserialized; null if the object is not a rack.</summary>
    private static string? FindDeserializedName(object? inputData) =>
        inputData is PSObject wrapper && wrapper.TypeNames.Contains("Deserialized." + typeof(ConvoxRack).FullName)
            ? wrapper.Properties[nameof(ConvoxRack.Name)]?.Value?.ToString()
            : null;
}
