using System.Management.Automation;
using ConvoxSsl.Scripts;

namespace ConvoxSsl.Transformations;

/// <summary>
/// Lets a secure string be given as plain text, where users of the Convox CLI would paste it, and as the password of a
/// credential, since a vault may hold one.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretTextAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
    {
        string text => Secret.FromText(text),
        PSCredential credential => credential.Password,
        _ => inputData,
    };
}
