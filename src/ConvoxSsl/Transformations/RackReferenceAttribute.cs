using System.Management.Automation;

namespace ConvoxSsl.Transformations;

/// <summary>Lets <c>-Rack</c> take a name or a directory beside a <see cref="ConvoxRack"/>; it is looked up later.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RackReferenceAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            string text => ConvoxRack.Reference(text),
            FileSystemInfo directory => ConvoxRack.Reference(directory.FullName),
            _ when Returned(inputData) is { } name => ConvoxRack.Reference(name),
            var other => other,
        };

    /// <summary>The name of a rack that a job or a file brought back; null where it is none.</summary>
    private static string? Returned(object? inputData) =>
        inputData is PSObject given && given.TypeNames.Contains("Deserialized." + typeof(ConvoxRack).FullName) ? given.Properties[nameof(ConvoxRack.Name)]?.Value?.ToString() : null;
}
