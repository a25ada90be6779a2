using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Racks;

namespace ConvoxSsl.Commands;

/// <summary>Sets the default issuer of a rack, which New-ConvoxCertificate and Test-ConvoxDomain use if no issuer is named.</summary>
/// <remarks>
/// The setting is stored on the rack, for all its users. New-ConvoxCertificate uses it for names for which the rack has no certificate:
/// a certificate that exists keeps its issuer, and Update-ConvoxCertificate renews it there. No request is made to the CA, and no account
/// is created. Get-ConvoxRack shows the setting; <c>-PassThru</c> returns the rack with it.
/// </remarks>
/// <example>
/// <para>Issues new certificates of the rack from Let's Encrypt.</para>
/// <code>Set-ConvoxRack -DefaultIssuer letsencrypt</code>
/// </example>
/// <example>
/// <para>Removes the default issuer. New certificates are self-signed, as with Convox.</para>
/// <code>Set-ConvoxRack -DefaultIssuer ''</code>
/// </example>
/// <example>
/// <para>Sets the default issuer in a script if there is none.</para>
/// <code>if (-not (Get-ConvoxRack).DefaultIssuer) { Set-ConvoxRack -DefaultIssuer letsencrypt-staging }</code>
/// </example>
[Cmdlet(VerbsCommon.Set, "ConvoxRack", SupportsShouldProcess = true, HelpUri = HelpPages.Racks)]
[OutputType(typeof(ConvoxRack))]
public sealed class SetConvoxRackCommand : ConvoxCmdlet
{
    /// <summary>
    /// The issuer of new certificates: <c>letsencrypt</c>, another well-known CA, the URL of an ACME directory, or <c>self-signed</c>. An
    /// empty text removes it.
    /// </summary>
    [Parameter(Mandatory = true)]
    [ArgumentCompleter(typeof(IssuerCompleter))]
    [AllowEmptyString]
    public string DefaultIssuer { get; set; } = string.Empty;

    /// <summary>Returns the rack.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override object Target => DefaultIssuer;

    private protected override bool CreatesRack => true;

    private protected override void ProcessInput()
    {
        var issuer = DefaultIssuer.Length == 0 ? null : Issuer.Parse(DefaultIssuer);
        var session = OpenRack();
        var action = issuer is null ? "Remove the default issuer" : $"Use the issuer {issuer} for new certificates";
        if (!ConfirmAction($"rack '{session.Name}'", action))
        {
            return;
        }

        Run(ct => session.Engine.Issuers.SetDefaultAsync(issuer, ct));
        var changed = session.Description with { DefaultIssuer = issuer?.Name };
        if (session.Description.Kind == ConvoxRackKind.Kubernetes && RackConnections.Current == session.Description)
        {
            RackConnections.Connect(changed);
        }

        if (PassThru)
        {
            WriteObject(changed);
        }
    }
}
