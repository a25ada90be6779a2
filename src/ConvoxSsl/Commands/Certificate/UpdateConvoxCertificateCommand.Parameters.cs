using System.Management.Automation;
using ConvoxSsl.Completion;

namespace ConvoxSsl.Commands;

/// <content>The parameters.</content>
public sealed partial class UpdateConvoxCertificateCommand
{
    /// <summary>The IDs of the certificates. By default all certificates of the rack.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(CertificateIdCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Id { get; set; }

    /// <summary>The CA for this and later renewals. By default the current one.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(IssuerCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Issuer { get; set; }
}
