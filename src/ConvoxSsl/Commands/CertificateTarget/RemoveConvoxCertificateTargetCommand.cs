using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>Removes a certificate target. The delivered files stay, and are no longer replaced.</summary>
/// <remarks>
/// Certificates stay on the rack, and their renewal is not affected. A server that still uses the delivered files keeps its certificate
/// until it expires, so deliver to another target or change its configuration first.
/// </remarks>
/// <example>
/// <para>Removes a target after a confirmation.</para>
/// <code>Remove-ConvoxCertificateTarget 1</code>
/// </example>
/// <example>
/// <para>Shows which targets would be removed.</para>
/// <code>Get-ConvoxCertificateTarget -Status Failed | Remove-ConvoxCertificateTarget -WhatIf</code>
/// </example>
/// <example>
/// <para>Removes the targets of a machine that no longer exists without a confirmation.</para>
/// <code>Get-ConvoxCertificateTarget | Where-Object HostName -eq web1 | Remove-ConvoxCertificateTarget -Confirm:$false</code>
/// </example>
[Cmdlet(
    VerbsCommon.Remove, "ConvoxCertificateTarget",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.High,
    HelpUri = HelpPages.Targets)]
public sealed class RemoveConvoxCertificateTargetCommand : ConvoxCmdlet
{
    /// <summary>The numbers of the targets. Wildcards are permitted.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ObjectNumber("certificate target", "Get-ConvoxCertificateTarget")]
    [ArgumentCompleter(typeof(TargetIdCompleter))]
    [SupportsWildcards]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    [NotEmpty(NotEmptyAttribute.Target)]
    public string[] Id { get; set; } = [];

    private protected override object Target => Id;

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        ProcessTargets(session, Id, id => RemoveTarget(session, id));
    }

    private void RemoveTarget(RackSession session, int id)
    {
        var target = Run(ct => session.Engine.Targets.FindAsync(id, ct));
        if (ConfirmAction($"Certificate target {id} for {target.Domain ?? target.Certificate}", "Remove"))
        {
            Run(ct => session.Engine.Targets.RemoveAsync(id, ct));
        }
    }
}
