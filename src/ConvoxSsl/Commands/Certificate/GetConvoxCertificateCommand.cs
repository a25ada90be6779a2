using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Errors;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>Lists the certificates of a rack, also those that are still being ordered, and on a rack in a cluster those of its apps.</summary>
/// <example>
/// <code>
/// Get-ConvoxCertificate
/// </code>
/// Lists all certificates of the rack.
/// </example>
/// <example>
/// <code>
/// Get-ConvoxCertificate -Domain *.example.org -ExpiringWithin 30d
/// </code>
/// Lists those of a domain that expire within 30 days.
/// </example>
/// <example>
/// <code>
/// $failed = @(Get-ConvoxCertificate -Status Failed)
/// if ($failed.Count -gt 0) { throw "Not renewed: $($failed.Domain -join ', ')" }
/// </code>
/// Lets a scheduled check fail while a certificate could not be issued.
/// </example>
[Cmdlet(VerbsCommon.Get, "ConvoxCertificate")]
[OutputType(typeof(ConvoxCertificate))]
public sealed class GetConvoxCertificateCommand : ConvoxCmdlet
{
    /// <summary>The ids; with wildcards. By default all.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(CertificateIdCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Id { get; set; }

    /// <summary>Only certificates that hold a name like this; with wildcards.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DomainCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Domain { get; set; }

    /// <summary>
    /// Only those that a CA made for this rack; with <c>-Generated:$false</c> only imported and self-signed ones. Without
    /// it, the certificates that a rack's apps hold themselves are listed too.
    /// </summary>
    [Parameter]
    public SwitchParameter Generated { get; set; }

    /// <summary>Only those that expire within this time: a time span, or text such as <c>720h</c> or <c>30d</c>.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? ExpiringWithin { get; set; }

    /// <summary>Only those in one of these states.</summary>
    [Parameter]
    public ConvoxCertificateStatus[]? Status { get; set; }

    private protected override object? Target => Id;

    private bool IsGeneratedGiven => MyInvocation.BoundParameters.ContainsKey(nameof(Generated));

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
        if (!IsGeneratedGiven)
        {
            await session.ListWithAppsAsync(certificate => WriteIfWantedAsync(certificate, ids, ct), text => WriteWarning(text), ct);
            return;
        }

        await foreach (var certificate in session.ListAsync(damage => WriteWarning(damage.Message), ct))
        {
            await WriteIfWantedAsync(certificate, ids, ct);
        }
    }

    private Task WriteIfWantedAsync(ConvoxCertificate certificate, WildcardPattern ids, CancellationToken ct) =>
        ids.IsMatch(certificate.Id) && IsWanted(certificate) ? WriteObjectAsync(certificate, ct) : Task.CompletedTask;

    private void Find(RackSession session, string id)
    {
        try
        {
            var certificate = Run(ct => session.FindAsync(id, ct));
            if (IsWanted(certificate))
            {
                WriteObject(certificate);
            }
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e))
        {
            WriteError(ErrorRecords.Create(e, id));
        }
    }

    private bool IsWanted(ConvoxCertificate certificate) =>
        (Domain is null || Domain.Any(pattern => HoldsNameLike(certificate, pattern)))
        && (!IsGeneratedGiven || certificate.Generated == Generated)
        && (ExpiringWithin is not { } span || certificate.Expires <= CompositionRoot.Now + span)
        && (Status is null || Status.Contains(certificate.Status));

    private static bool HoldsNameLike(ConvoxCertificate certificate, string pattern)
    {
        var like = new WildcardPattern(pattern, WildcardOptions.IgnoreCase);
        return certificate.Domains.Any(like.IsMatch);
    }
}
