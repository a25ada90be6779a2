using System.Management.Automation;

namespace ConvoxSsl.Transformations;

/// <summary>Converts a credential to its password.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CredentialPasswordAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapper ? wrapper.BaseObject : inputData) is PSCredential credential ? credential.Password : inputData;
}
