using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Commands;

/// <summary>
/// Gets the ARN of the role that the DNS role must trust: the role of the rack's cert-manager, or the role of the current AWS identity
/// on a rack without one.
/// </summary>
/// <remarks>
/// Pass the result to New-ConvoxDnsRolePolicy, which writes the trust policy of the DNS role. The cmdlet asks the security token
/// service of AWS for the current identity; it needs credentials, but no permission.
/// </remarks>
/// <returns>The ARN of the role.</returns>
/// <example>
/// <para>Gets the role that the DNS role must trust.</para>
/// <code>Get-ConvoxDnsRole</code>
/// </example>
/// <example>
/// <para>Queries the security token service of another region.</para>
/// <code>Get-ConvoxDnsRole -Region us-east-1</code>
/// </example>
/// <example>
/// <para>Creates the IAM documents for the role.</para>
/// <code>New-ConvoxDnsRolePolicy Z0123456789ABCDEFGHIJ (Get-ConvoxDnsRole) arn:aws:iam::123456789012:role/dns</code>
/// </example>
[Cmdlet(VerbsCommon.Get, "ConvoxDnsRole", HelpUri = HelpPages.DnsSolvers)]
[OutputType(typeof(string))]
public sealed class GetConvoxDnsRoleCommand : ConvoxCmdlet
{
    /// <summary>The profile in your AWS configuration. By default the AWS SDK selects the credentials.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(AwsProfileCompleter))]
    [ValidateNotNullOrEmpty]
    public string? ProfileName { get; set; }

    /// <summary>The AWS region of the security token service.</summary>
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
                ErrorCode.InvalidParameters,
                $"An AWS identity was given, but rack '{session.Name}' uses the role of its cert-manager.",
                session.Name)
            {
                Remedy = new Remedy("InvalidParameters.AwsIdentity"),
            };
        }

        WriteObject(Run(session.Rack.DnsSolvers.FindControllerRoleAsync) ?? Run(ct => CompositionRoot.FindAwsRoleAsync(null, null, ct)));
    }
}
