using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Commands;

/// <summary>
/// Tells the ARN of the role that the DNS role's trust policy has to name: that of the rack's cert-manager, or, on a rack
/// without one, the role behind the current AWS identity.
/// </summary>
/// <returns>The ARN of the role.</returns>
/// <example>
/// <para>Tells the role that the DNS role has to trust.</para>
/// <code>Get-ConvoxDnsRole</code>
/// </example>
/// <example>
/// <para>Asks the security token service of another region.</para>
/// <code>Get-ConvoxDnsRole -Region us-east-1</code>
/// </example>
/// <example>
/// <para>Writes the IAM documents for it.</para>
/// <code>New-ConvoxDnsRolePolicy Z0123456789ABCDEFGHIJ (Get-ConvoxDnsRole) arn:aws:iam::123456789012:role/dns</code>
/// </example>
[Cmdlet(VerbsCommon.Get, "ConvoxDnsRole", HelpUri = HelpPages.DnsSolvers)]
[OutputType(typeof(string))]
public sealed class GetConvoxDnsRoleCommand : ConvoxCmdlet
{
    /// <summary>The profile of your AWS configuration. By default the SDK's own choice.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(AwsProfileCompleter))]
    [ValidateNotNullOrEmpty]
    public string? ProfileName { get; set; }

    /// <summary>The AWS region whose security token service is asked.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(AwsRegionCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Region { get; set; }

    private protected override object? Target => ProfileName;

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        if (session.Description.Kind == ConvoxRackKind.Local)
        {
            WriteObject(Run(ct => CompositionRoot.FindAwsRoleAsync(ProfileName, Region, ct)));
            return;
        }

        if ((ProfileName ?? Region) is not null)
        {
            throw new InvalidInputException(
                ErrorCode.InvalidParameters, $"-ProfileName and -Region choose your own AWS identity, and '{session.Description.Name}' has its cert-manager's. Leave them out, or add -Rack local.", session.Description.Name);
        }

        WriteObject(Run(session.Rack.DnsSolvers.FindControllerRoleAsync) ?? Run(ct => CompositionRoot.FindAwsRoleAsync(null, null, ct)));
    }
}
