using System.Management.Automation;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Selection;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <content>The parameters.</content>
public sealed partial class PublishConvoxCertificateCommand
{
    /// <summary>
    /// The certificates: IDs, the beginnings of IDs, or names of the certificates. Wildcards are permitted. By default all
    /// certificates whose live version is not yet at a target or in an app that has another one.
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [CertificateId]
    [ArgumentCompleter(typeof(CertificateIdCompleter))]
    [SupportsWildcards]
    [NotEmpty(NotEmptyAttribute.Certificate)]
    public string[]? Id { get; set; }

    /// <summary>
    /// The certificates for these names, in Unicode or A-labels. Wildcards are permitted. A wildcard that is the name of a certificate,
    /// such as <c>*.example.org</c>, selects that certificate only.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(DomainCompleter))]
    [SupportsWildcards]
    [NotEmpty(NotEmptyAttribute.Domain)]
    public string[]? Domain { get; set; }

    /// <summary>The apps that get a copy even if they have none yet.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? App { get; set; }

    /// <summary>Returns the result for each app; <c>-PassThru:$false</c> returns nothing. Default: True.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; } = true;

    // Most certificates of a list have no copies.
    private void ReportIfNone(IReadOnlyList<CertificateCopy> copies, SelectedCertificate certificate, bool isNamed)
    {
        if (copies.Count == 0)
        {
            Action<string> report = isNamed ? WriteWarning : WriteVerbose;
            report($"No app has a copy of {certificate.Title}, so nothing is published. To give an app a copy, name it with -App.");
        }
    }
}
