using System.Management.Automation;
using ConvoxSsl.Scripts;

namespace ConvoxSsl.Transformations;

/// <summary>
/// Converts plain text, which users of the Convox CLI paste, and credentials, which a vault can contain, to a secure string.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretTextAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        SimpleValue.Unwrap(inputData) switch
        {
            string text => Secret.FromText(text),
            PSCredential credential => credential.Password,
            _ => inputData,
        };
}
