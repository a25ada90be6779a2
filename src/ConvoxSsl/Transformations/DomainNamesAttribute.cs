using System.Management.Automation;

namespace ConvoxSsl.Transformations;

/// <summary>Converts a certificate to its names. PowerShell would convert it to its text, which is the ID.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DomainNamesAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapper ? wrapper.BaseObject : inputData) is ConvoxCertificate certificate
            ? certificate.Domains.ToArray()
            : inputData;
}
