using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;

namespace ConvoxSsl.Commands;

/// <summary>Removes a DNS solver with its credential. Certificates that it proved can't be renewed by it any more.</summary>
/// <example>
/// <code>
/// Remove-ConvoxDnsSolver 1
/// </code>
/// Removes a solver with its credential, after a question.
/// </example>
/// <example>
/// <code>
/// Get-ConvoxDnsSolver -Provider Cloudflare | Remove-ConvoxDnsSolver -WhatIf
/// </code>
/// Shows which ones would be removed.
/// </example>
/// <example>
/// <code>
/// Get-ConvoxDnsSolver | Where-Object DnsZones -Contains 'example.org' | Remove-ConvoxDnsSolver -Confirm:$false
/// </code>
/// Removes those of a zone, without a question.
/// </example>
[Cmdlet(VerbsCommon.Remove, "ConvoxDnsSolver", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
public sealed class RemoveConvoxDnsSolverCommand : ConvoxCmdlet
{
    /// <summary>The solver's number.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DnsSolverIdCompleter))]
    public int Id { get; set; }

    private protected override object Target => Id;

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        var known = Run(ct => session.Engine.DnsSolvers.GetAsync(Id, ct));
        if (ConfirmAction($"DNS solver {Id} for {string.Join(", ", known.DnsZones)}", "Remove with its credential"))
        {
            Run(ct => session.Engine.DnsSolvers.RemoveAsync(Id, ct));
        }
    }
}
