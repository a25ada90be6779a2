using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Errors;
using ConvoxSsl.Selection;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>Lists the certificates of a rack, including those being issued and, on a Kubernetes rack, those of its apps.</summary>
/// <example>
/// <para>Lists all certificates of the rack.</para>
/// <code>Get-ConvoxCertificate</code>
/// </example>
/// <example>
/// <para>Gets the certificates for a name.</para>
/// <code>Get-ConvoxCertificate www.example.org</code>
/// </example>
/// <example>
/// <para>Lists the certificates of a domain that expire within 30 days.</para>
/// <code>Get-ConvoxCertificate -Domain *.example.org -ExpiringWithin 30d</code>
/// </example>
/// <example>
/// <para>Fails a scheduled check if a certificate could not be issued.</para>
/// <code>
/// $failed = @(Get-ConvoxCertificate -Status Failed)
/// if ($failed.Count -gt 0) { throw "Not renewed: $($failed.Domain -join ', ')" }
/// </code>
/// </example>
[Cmdlet(VerbsCommon.Get, "ConvoxCertificate", HelpUri = HelpPages.Certificates)]
[OutputType(typeof(ConvoxCertificate))]
public sealed class GetConvoxCertificateCommand : ConvoxCmdlet
{
    /// <summary>
    /// The certificates: IDs, the beginnings of IDs, or names of the certificates. Wildcards are permitted. By default all
    /// certificates.
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(CertificateIdCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Id { get; set; }

    /// <summary>Lists only certificates for these names, in Unicode or A-labels. Wildcards are permitted.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DomainCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Domain { get; set; }

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
    public ConvoxCertificateStatus[]? Status { get; set; }

    private protected override object? Target => Id;

    private bool IsGeneratedBound => MyInvocation.BoundParameters.ContainsKey(nameof(Generated));

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        var patterns = Id ?? ["*"];
        foreach (var pattern in patterns)
        {
            var query = new CertificateQuery(pattern);
            if (query.IsPattern)
            {
                Run(ct => ListAsync(session, query, ct));
            }
            else
            {
                ProcessCertificates(session, query, SelectionScope.All, certificate => WriteIfSelected(session, certificate));
            }
        }
    }

    private async Task ListAsync(RackSession session, CertificateQuery query, CancellationToken ct)
    {
        if (!IsGeneratedBound)
        {
            await session.ListWithAppsAsync(certificate => WriteIfSelectedAsync(certificate, query, ct), WriteWarning, ct);
            return;
        }

        await foreach (var certificate in session.ListAsync(damage => WriteWarning(ErrorRecords.DescribeFailure(damage)), ct))
        {
            await WriteIfSelectedAsync(certificate, query, ct);
        }
    }

    private Task WriteIfSelectedAsync(ConvoxCertificate certificate, CertificateQuery query, CancellationToken ct) =>
        query.Rate(certificate.Id, certificate.Domains, isIssued: true) != CertificateMatch.None && IsSelected(certificate)
            ? WriteObjectAsync(certificate, ct)
            : Task.CompletedTask;

    private void WriteIfSelected(RackSession session, SelectedCertificate certificate)
    {
        var state = certificate.RequireReadable();
        var isListed = !IsGeneratedBound || !state.Record.IsOfApp() || certificate.Id == certificate.Query.Text;
        if (isListed && session.Describe(state) is var described && IsSelected(described))
        {
            WriteObject(described);
        }
    }

    private bool IsSelected(ConvoxCertificate certificate) =>
        (Domain is null || Domain.Any(pattern => certificate.Domains.Any(new DomainPattern(pattern).IsMatch)))
        && (!IsGeneratedBound || certificate.Generated == Generated)
        && (ExpiringWithin is not { } span || certificate.Expires - Now <= span)
        && (Status is null || Status.Contains(certificate.Status));
}
