using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Mapping;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>Lists the certificate targets of a rack with their state.</summary>
/// <remarks>
/// Current means that the live version of the certificate was delivered, Outdated that the next run of Update-ConvoxCertificate delivers
/// it, and Failed that a delivery failed; StatusReason has the reason, and NextTry the time of the next attempt. Targets of other machines
/// are listed too.
/// </remarks>
/// <example>
/// <para>Lists all targets.</para>
/// <code>Get-ConvoxCertificateTarget</code>
/// </example>
/// <example>
/// <para>Shows why targets failed.</para>
/// <code>(Get-ConvoxCertificateTarget -Status Failed).StatusReason</code>
/// </example>
/// <example>
/// <para>Lists the targets of one machine.</para>
/// <code>Get-ConvoxCertificateTarget | Where-Object HostName -eq web1</code>
/// </example>
[Cmdlet(VerbsCommon.Get, "ConvoxCertificateTarget", HelpUri = HelpPages.Targets)]
[OutputType(typeof(ConvoxCertificateTarget))]
public sealed class GetConvoxCertificateTargetCommand : ConvoxCmdlet
{
    /// <summary>The numbers of the targets. Wildcards are permitted. By default all targets.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ObjectNumber("certificate target", "Get-ConvoxCertificateTarget")]
    [ArgumentCompleter(typeof(TargetIdCompleter))]
    [SupportsWildcards]
    [NotEmpty(NotEmptyAttribute.Target)]
    public string[]? Id { get; set; }

    /// <summary>Lists only targets with this status.</summary>
    [Parameter]
    [KnownValues(typeof(ConvoxTargetStatus))]
    public ConvoxTargetStatus? Status { get; set; }

    private protected override object? Target => Id;

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        if (Id is null)
        {
            foreach (var target in Run(session.Engine.Targets.ListAsync))
            {
                WriteIfSelected(target.ToModel(session.Name));
            }

            return;
        }

        ProcessTargets(session, Id, id => WriteIfSelected(Run(ct => session.Engine.Targets.GetAsync(id, ct)).ToModel(session.Name)));
    }

    private void WriteIfSelected(ConvoxCertificateTarget target)
    {
        if (Status is null || target.Status == Status)
        {
            WriteObject(target);
        }
    }
}
