using System.Management.Automation;
using System.Security;
using ConvoxSsl.Scripts;

namespace ConvoxSsl.Transformations;

/// <summary>Accepts a secure string for text that can contain a secret, such as a URL with a token.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PlainOrSecureTextAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        SimpleValue.Unwrap(inputData) is SecureString text
            ? new string(Secret.ToCharArray(text))
            : inputData;
}
