using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>Removes a DNS solver with its credential. It no longer validates renewals.</summary>
/// <remarks>
/// Certificates stay on the rack, but the renewal of those that the solver validated fails, unless another solver has a zone for
/// their names.
/// </remarks>
/// <example>
/// <para>Removes a solver with its credential after a confirmation.</para>
/// <code>Remove-ConvoxDnsSolver 1</code>
/// </example>
/// <example>
/// <para>Shows which solvers would be removed.</para>
/// <code>Get-ConvoxDnsSolver -Provider Cloudflare | Remove-ConvoxDnsSolver -WhatIf</code>
/// </example>
/// <example>
/// <para>Removes the solvers of a zone without a confirmation.</para>
/// <code>Get-ConvoxDnsSolver | Where-Object DnsZones -Contains 'example.org' | Remove-ConvoxDnsSolver -Confirm:$false</code>
/// </example>
[Cmdlet(
    VerbsCommon.Remove, "ConvoxDnsSolver",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.High,
    HelpUri = HelpPages.DnsSolvers)]
public sealed class RemoveConvoxDnsSolverCommand : ConvoxCmdlet
{
    /// <summary>The numbers of the solvers. Wildcards are permitted.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ObjectNumber("DNS solver", "Get-ConvoxDnsSolver")]
    [ArgumentCompleter(typeof(DnsSolverIdCompleter))]
    [SupportsWildcards]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    [NotEmpty(NotEmptyAttribute.Solver)]
    public string[] Id { get; set; } = [];

    private protected override object Target => Id;

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        ProcessSolvers(session, Id, id => RemoveSolver(session, id));
    }

    private void RemoveSolver(RackSession session, int id)
    {
        var solver = Run(ct => session.Engine.DnsSolvers.GetAsync(id, ct));
        if (ConfirmAction($"DNS solver {id} for {string.Join(", ", solver.DnsZones)}", "Remove with its credential"))
        {
            Run(ct => session.Engine.DnsSolvers.RemoveAsync(id, ct));
        }
    }
}
