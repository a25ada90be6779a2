using System.Management.Automation;
using ConvoxSsl.Completion;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <content>The parameters.</content>
/// <remarks>
/// Each certificate is ordered again with the settings of its first order; a parameter that you name replaces its setting for this and
/// later renewals. Certificates that are not due are reported as NotDue and cause no request to their CA except for its renewal
/// information. After a failure, the next attempts follow at growing intervals, and <c>-Force</c> tries at once. Register-ConvoxRenewal
/// runs this cmdlet twice a day. Afterwards, certificates whose live version is not at their targets yet are delivered, even if none was
/// due; a failed delivery is an error.
/// </remarks>
public sealed partial class UpdateConvoxCertificateCommand
{
    /// <summary>
    /// The certificates: IDs, the beginnings of IDs, or names of the certificates. Wildcards are permitted. By default all
    /// certificates of the rack.
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

    /// <summary>The CA for this and later renewals. By default the current one.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(IssuerCompleter))]
    [NotEmpty(NotEmptyAttribute.Issuer)]
    public string? Issuer { get; set; }

    private protected override object? Target => Id ?? Domain;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        RequireNoInput(Id);
    }
}
