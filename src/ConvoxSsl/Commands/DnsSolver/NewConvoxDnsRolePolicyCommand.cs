using System.Management.Automation;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.Errors;

namespace ConvoxSsl.Commands;

/// <summary>Creates the three IAM documents for a role that manages Route53 zones on behalf of another. Does not change AWS.</summary>
/// <remarks>
/// ZoneAccess lets the DNS role change records in the given zones only, Trust lets one role assume the DNS role, and AssumeRole lets
/// that role do so. Attach them with the AWS CLI, the console or your templates.
/// </remarks>
/// <example>
/// <para>Creates the documents for one zone and two roles.</para>
/// <code>
/// New-ConvoxDnsRolePolicy Z0123456789ABCDEFGHIJ arn:aws:iam::123456789012:role/cert-manager arn:aws:iam::210987654321:role/dns
/// </code>
/// </example>
/// <example>
/// <para>Creates the documents for two zones with an external ID.</para>
/// <code>
/// New-ConvoxDnsRolePolicy Z0123456789ABCDEFGHIJ, Z1123456789ABCDEFGHIJ arn:aws:iam::123456789012:role/cert-manager `
///     arn:aws:iam::210987654321:role/dns -ExternalId production
/// </code>
/// </example>
/// <example>
/// <para>Writes the trust policy for the role of this machine to a file.</para>
/// <code>
/// $policy = New-ConvoxDnsRolePolicy Z0123456789ABCDEFGHIJ (Get-ConvoxDnsRole) arn:aws:iam::210987654321:role/dns
/// Set-Content ./trust.json $policy.Trust
/// </code>
/// </example>
[Cmdlet(VerbsCommon.New, "ConvoxDnsRolePolicy", HelpUri = HelpPages.DnsSolvers)]
[OutputType(typeof(ConvoxDnsRolePolicy))]
public sealed class NewConvoxDnsRolePolicyCommand : PSCmdlet
{
    /// <summary>The IDs of the hosted zones.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DnsSolverSettingCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] HostedZoneId { get; set; } = [];

    /// <summary>The ARN of the role that assumes the DNS role: cert-manager's role, or the result of Get-ConvoxDnsRole.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string CertManagerRole { get; set; } = string.Empty;

    /// <summary>The ARN of the DNS role, which can write to the zones.</summary>
    [Parameter(Mandatory = true, Position = 2)]
    [ArgumentCompleter(typeof(DnsSolverSettingCompleter))]
    [Alias("Role")]
    [ValidateNotNullOrEmpty]
    public string DnsAccessRole { get; set; } = string.Empty;

    /// <summary>The external ID that is required to assume the DNS role.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ExternalId { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            var policy = Route53RolePolicy.Create(HostedZoneId, CertManagerRole, DnsAccessRole, ExternalId);
            WriteObject(new ConvoxDnsRolePolicy { ZoneAccess = policy.ZoneAccess, Trust = policy.Trust, AssumeRole = policy.AssumeRole });
        }
        catch (InvalidInputException e)
        {
            WriteError(ErrorRecords.Create(e, null, GetType()));
        }
    }
}
