using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;

namespace ConvoxSsl.Commands;

/// <summary>Makes an older version of a certificate the live one again, in one step.</summary>
/// <example>
/// <code>
/// Restore-ConvoxCertificate cert-1f0c8e52a9b7
/// </code>
/// Goes back to the version before.
/// </example>
/// <example>
/// <code>
/// Restore-ConvoxCertificate cert-1f0c8e52a9b7 -Version 1
/// </code>
/// Goes back to a certain version.
/// </example>
/// <example>
/// <code>
/// Get-ConvoxCertificate -Domain www.example.org | Restore-ConvoxCertificate | Export-ConvoxCertificate -Path ./site -Force
/// </code>
/// Goes back, and writes the files of a program that reads them from elsewhere.
/// </example>
[Cmdlet(VerbsData.Restore, "ConvoxCertificate", SupportsShouldProcess = true)]
[OutputType(typeof(ConvoxCertificate))]
public sealed class RestoreConvoxCertificateCommand : CertificateCmdlet
{
    /// <summary>The version. By default the one before the live one.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(CertificateVersionCompleter))]
    [ValidateRange(1, int.MaxValue)]
    public int? Version { get; set; }

    private protected override void ProcessCertificate(RackSession session, string id)
    {
        if (ConfirmAction(DescribeTarget(session, id), Version is { } version ? $"Go back to version {version}" : "Go back to the version before"))
        {
            WriteObject(session.Describe(Run(ct => session.Engine.Certificates.RestoreAsync(id, Version, ct))));
        }
    }
}
