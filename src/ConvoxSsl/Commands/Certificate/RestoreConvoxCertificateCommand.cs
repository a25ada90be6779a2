using System.Globalization;
using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Selection;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>Restores an older version of a certificate as the live version.</summary>
/// <remarks>
/// The rack keeps the versions that <c>-KeepVersions</c> of New- and Update-ConvoxCertificate allows, by default three. Restoring
/// switches the live version in one step and orders nothing; the next renewal creates a new version. A warning says if clients would
/// reject the restored version.
/// </remarks>
/// <example>
/// <para>Restores the previous version.</para>
/// <code>Restore-ConvoxCertificate www.example.org</code>
/// </example>
/// <example>
/// <para>Restores a specific version.</para>
/// <code>Restore-ConvoxCertificate cert-eb0dbb34 -Version 1</code>
/// </example>
/// <example>
/// <para>Restores the previous version and exports it for a program that reads its own files.</para>
/// <code>Restore-ConvoxCertificate www.example.org | Export-ConvoxCertificate -Path ./site -Force</code>
/// </example>
[Cmdlet(
    VerbsData.Restore, "ConvoxCertificate",
    SupportsShouldProcess = true,
    DefaultParameterSetName = IdSet,
    HelpUri = HelpPages.Certificates)]
[OutputType(typeof(ConvoxCertificate))]
public sealed class RestoreConvoxCertificateCommand : CertificateCmdlet
{
    /// <summary>The number of the version. By default the one before the live version.</summary>
    [Parameter(ParameterSetName = IdSet, Position = 1)]
    [Parameter(ParameterSetName = DomainSet, Position = 0)]
    [ArgumentCompleter(typeof(CertificateVersionCompleter))]
    [WholeNumber("-Version 1", Min = 1)]
    public int? Version { get; set; }

    /// <summary>Returns the restored certificates; <c>-PassThru:$false</c> returns nothing. Default: True.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; } = true;

    private protected override Remedy PipelineRemedy =>
        Version is null && Id is [var number] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? new Remedy("InvalidParameters.RestoreVersion", number)
            : base.PipelineRemedy;

    private protected override void ProcessCertificate(RackSession session, SelectedCertificate certificate)
    {
        certificate.RequireReadable();
        Run(ct => session.Engine.Certificates.CheckRestoreAsync(certificate.Id, Version, ct));
        var action = Version is { } version ? $"Restore version {version}" : "Restore the previous version";
        if (ConfirmAction(certificate.Title, action))
        {
            var restored = Run(ct => session.Engine.Certificates.RestoreAsync(certificate.Id, Version, ct));
            WarnIfUnusable("restored", restored.Record.Id, restored.Live);
            DeliverAtEnd(session, certificate.Id);
            if (PassThru)
            {
                WriteObject(session.Describe(restored));
            }
        }
    }
}
