using System.Management.Automation;

namespace ConvoxSsl.Transformations;

/// <summary>Takes the password of a credential, where a secure string is wanted that nobody would paste.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CredentialPasswordAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is PSCredential credential ? credential.Password : inputData;
}
