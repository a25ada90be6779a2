using System.Management.Automation;
using System.Security;
using ConvoxSsl.Scripts;

namespace ConvoxSsl.Transformations;

/// <summary>Takes a text that is a secret to some, such as a URL with a token in it, also as a secure string.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PlainOrSecureTextAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is SecureString text ? new string(Secret.ToCharArray(text)) : inputData;
}
