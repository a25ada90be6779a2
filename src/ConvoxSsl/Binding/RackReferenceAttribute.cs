using System.Management.Automation;

namespace ConvoxSsl.Binding;

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
            var other => other,
        };
}
