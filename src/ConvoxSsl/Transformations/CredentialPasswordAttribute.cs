using System.Management.Automation;
using System.Security;

namespace ConvoxSsl.Transformations;

/// <summary>Converts a credential to its password. Rejects plain text, which the history of the session would keep.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CredentialPasswordAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        SimpleValue.Unwrap(inputData) switch
        {
            PSCredential credential => credential.Password,
            SecureString or null => inputData,
            _ => throw new ArgumentTransformationMetadataException(
                "The password is not a secure string. Use -Password (Read-Host 'Password' -AsSecureString), or in a script -Password "
                + "(Get-Secret name)."),
        };
}
