using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Errors;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>Lists the certificates of a rack, including those being issued and, on a Kubernetes rack, those of its apps.</summary>
/// <remarks>
/// Without parameters, all certificates are listed. Parameters combine: a certificate must match each of them. The list is read from
/// the rack and makes no request to a CA. The property StatusReason explains a status other than Ready.
/// </remarks>
/// <example>
/// <para>Lists all certificates of the rack.</para>
/// <code>Get-ConvoxCertificate</code>
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
    /// <summary>The IDs of the certificates. Wildcards are permitted. By default all certificates.</summary>
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
    [KnownValues(typeof(ConvoxCertificateStatus))]
    public ConvoxCertificateStatus[]? Status { get; set; }

    private protected override object? Target => Id;

    private bool IsGeneratedBound => MyInvocation.BoundParameters.ContainsKey(nameof(Generated));

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        var patterns = Id ?? ["*"];
        foreach (var pattern in patterns)
        {
            if (WildcardPattern.ContainsWildcardCharacters(pattern))
            {
                Run(ct => ListAsync(session, new WildcardPattern(pattern, WildcardOptions.IgnoreCase), ct));
            }
            else
            {
                Find(session, pattern);
            }
        }
    }

    private async Task ListAsync(RackSession session, WildcardPattern ids, CancellationToken ct)
    {
        if (!IsGeneratedBound)
        {
            await session.ListWithAppsAsync(certificate => WriteIfSelectedAsync(certificate, ids, ct), WriteWarning, ct);
            return;
        }

        await foreach (var certificate in session.ListAsync(damage => WriteWarning(ErrorRecords.DescribeFailure(damage)), ct))
        {
            await WriteIfSelectedAsync(certificate, ids, ct);
        }
    }

    private Task WriteIfSelectedAsync(ConvoxCertificate certificate, WildcardPattern ids, CancellationToken ct) =>
        ids.IsMatch(certificate.Id) && IsSelected(certificate) ? WriteObjectAsync(certificate, ct) : Task.CompletedTask;

    private void Find(RackSession session, string id)
    {
        try
        {
            var certificate = Run(ct => session.FindAsync(id, ct));
            if (IsSelected(certificate))
            {
                WriteObject(certificate);
            }
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e))
        {
            WriteError(ErrorRecords.Create(e, id));
        }
    }

    private bool IsSelected(ConvoxCertificate certificate) =>
        (Domain is null || Domain.Any(pattern => certificate.Domains.Any(new DomainPattern(pattern).IsMatch)))
        && (!IsGeneratedBound || certificate.Generated == Generated)
        && (ExpiringWithin is not { } span || certificate.Expires - Now <= span)
        && (Status is null || Status.Contains(certificate.Status));
}
