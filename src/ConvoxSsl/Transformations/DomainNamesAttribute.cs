using System.Management.Automation;

namespace ConvoxSsl.Transformations;

/// <summary>Lets <c>-Domain</c> take a certificate for all of its names; by itself PowerShell would take its text, the id.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DomainNamesAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is ConvoxCertificate certificate ? certificate.Domains.ToArray() : inputData;
}
