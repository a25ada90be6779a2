using System.Management.Automation;
using ConvoxSsl.Completion;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <content>The parameters.</content>
public sealed partial class GetConvoxCertificateCommand
{
    /// <summary>
    /// The certificates: IDs, the beginnings of IDs, or names of the certificates. Wildcards are permitted. A name lists all
    /// certificates with it. By default all certificates.
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [CertificateId]
    [ArgumentCompleter(typeof(CertificateIdCompleter))]
    [SupportsWildcards]
    [NotEmpty(NotEmptyAttribute.Certificate)]
    public string[]? Id { get; set; }

    /// <summary>
    /// Lists only certificates for these names, in Unicode or A-labels. Wildcards are permitted. A wildcard that is the name of a
    /// certificate, such as <c>*.example.org</c>, selects that certificate only; <c>*example.org</c> is always a pattern. A name without
    /// wildcards that no certificate has is an error.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(DomainCompleter))]
    [SupportsWildcards]
    [NotEmpty(NotEmptyAttribute.Domain)]
    public string[]? Domain { get; set; }

    /// <summary>
    /// Lists only certificates from these issuers: names such as <c>letsencrypt</c>, <c>self-signed</c> or <c>imported</c>, the URL of an
    /// ACME directory, or its host as in the table. Wildcards are permitted.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(IssuerCompleter))]
    [SupportsWildcards]
    [NotEmpty(NotEmptyAttribute.Issuer)]
    public string[]? Issuer { get; set; }

    /// <summary>
    /// Lists only certificates that a CA issued for this rack; <c>-Generated:$false</c> lists only imported and self-signed
    /// ones. Without it, the certificates of the rack's apps are included.
    /// </summary>
    [Parameter]
    public SwitchParameter Generated { get; set; }

    /// <summary>Lists only certificates that expire within this time: a time span, or text such as <c>720h</c> or <c>30d</c>.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? ExpiringWithin { get; set; }

    /// <summary>Lists only certificates with one of these statuses.</summary>
    [Parameter]
    [KnownValues(typeof(ConvoxCertificateStatus))]
    public ConvoxCertificateStatus[]? Status { get; set; }
}
