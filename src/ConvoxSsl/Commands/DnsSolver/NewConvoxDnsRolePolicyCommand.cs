using System.Management.Automation;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns;
using ConvoxSsl.Hosting;

namespace ConvoxSsl.Commands;

/// <summary>Writes the three IAM documents that let one role manage Route53 zones through another. Changes nothing in AWS.</summary>
[Cmdlet(VerbsCommon.New, "ConvoxDnsRolePolicy")]
[OutputType(typeof(ConvoxDnsRolePolicy))]
public sealed class NewConvoxDnsRolePolicyCommand : PSCmdlet
{
    /// <summary>The ids of the hosted zones.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[] HostedZoneId { get; set; } = [];

    /// <summary>The ARN of the role that assumes the other: cert-manager's, or what Get-ConvoxDnsRole gives.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string CertManagerRole { get; set; } = string.Empty;

    /// <summary>The ARN of the role that may write to the zones.</summary>
    [Parameter(Mandatory = true, Position = 2)]
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
            WriteError(ErrorRecords.Of(e));
        }
    }
}
