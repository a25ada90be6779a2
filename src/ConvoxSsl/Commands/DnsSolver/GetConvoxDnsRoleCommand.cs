using System.Management.Automation;
using ConvoxSsl.Hosting;

namespace ConvoxSsl.Commands;

/// <summary>Tells the ARN of the role behind the current AWS identity: what the DNS role's trust policy has to name.</summary>
[Cmdlet(VerbsCommon.Get, "ConvoxDnsRole")]
[OutputType(typeof(string))]
public sealed class GetConvoxDnsRoleCommand : AsyncCmdlet
{
    /// <summary>The profile of your AWS configuration. By default the SDK's own choice.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ProfileName { get; set; }

    /// <summary>The AWS region whose security token service is asked.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Region { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            WriteObject(Run(ct => Composition.FindAwsRoleAsync(ProfileName, Region, ct)));
        }
        catch (Exception e) when (ErrorRecords.CanDescribe(e))
        {
            WriteError(ErrorRecords.Of(e, ProfileName));
        }
    }
}
