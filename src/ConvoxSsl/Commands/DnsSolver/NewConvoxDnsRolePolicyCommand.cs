using System.Management.Automation;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.Errors;

namespace ConvoxSsl.Commands;

/// <summary>Writes the three IAM documents that let one role manage Route53 zones through another. Changes nothing in AWS.</summary>
/// <example>
/// <code>
/// New-ConvoxDnsRolePolicy Z0123456789ABCDEFGHIJ arn:aws:iam::123456789012:role/cert-manager arn:aws:iam::210987654321:role/dns
/// </code>
/// Writes the documents for one zone and two roles.
/// </example>
/// <example>
/// <code>
/// New-ConvoxDnsRolePolicy Z0123456789ABCDEFGHIJ, Z1123456789ABCDEFGHIJ arn:aws:iam::123456789012:role/cert-manager arn:aws:iam::210987654321:role/dns -ExternalId production
/// </code>
/// Writes them for two zones, and asks for an external id.
/// </example>
/// <example>
/// <code>
/// $policy = New-ConvoxDnsRolePolicy Z0123456789ABCDEFGHIJ (Get-ConvoxDnsRole) arn:aws:iam::210987654321:role/dns
/// Set-Content ./trust.json $policy.Trust
/// </code>
/// Writes the trust policy to a file for other tools, for the role that this machine has.
/// </example>
[Cmdlet(VerbsCommon.New, "ConvoxDnsRolePolicy")]
[OutputType(typeof(ConvoxDnsRolePolicy))]
public sealed class NewConvoxDnsRolePolicyCommand : PSCmdlet
{
    /// <summary>The ids of the hosted zones.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DnsSolverSettingCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] HostedZoneId { get; set; } = [];

    /// <summary>The ARN of the role that assumes the other: cert-manager's, or what Get-ConvoxDnsRole gives.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string CertManagerRole { get; set; } = string.Empty;

    /// <summary>The ARN of the role that may write to the zones.</summary>
    [Parameter(Mandatory = true, Position = 2)]
    [ArgumentCompleter(typeof(DnsSolverSettingCompleter))]
    [Alias("Role")]
    [ValidateNotNullOrEmpty]
    public string DnsAccessRole { get; set; } = string.Empty;

    /// <summary>The external id that whoever assumes the role must give.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ExternalId { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            var policy = Route53RolePolicy.For(HostedZoneId, CertManagerRole, DnsAccessRole, ExternalId);
            WriteObject(new ConvoxDnsRolePolicy { ZoneAccess = policy.ZoneAccess, Trust = policy.Trust, AssumeRole = policy.AssumeRole });
        }
        catch (InvalidInputException e)
        {
            WriteError(ErrorRecords.Create(e));
        }
    }
}
