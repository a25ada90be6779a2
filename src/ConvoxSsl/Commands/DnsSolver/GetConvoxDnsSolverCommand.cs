using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>Lists the DNS solvers of a rack, without their credentials.</summary>
/// <remarks>
/// Credentials are never shown: the property Secret is the name under which one is stored. On a Kubernetes rack, the status Detached
/// means that cert-manager lost the solver, for example after a reinstallation; Set-ConvoxDnsSolver with its number alone restores it.
/// </remarks>
/// <example>
/// <para>Lists all solvers.</para>
/// <code>Get-ConvoxDnsSolver</code>
/// </example>
/// <example>
/// <para>Lists the solvers that use Cloudflare.</para>
/// <code>Get-ConvoxDnsSolver -Provider Cloudflare</code>
/// </example>
/// <example>
/// <para>Tests all solvers and shows the failed checks.</para>
/// <code>Get-ConvoxDnsSolver | Test-ConvoxDnsSolver | Where-Object Passed -eq $false</code>
/// </example>
[Cmdlet(VerbsCommon.Get, "ConvoxDnsSolver", HelpUri = HelpPages.DnsSolvers)]
[OutputType(typeof(ConvoxDnsSolver))]
public sealed class GetConvoxDnsSolverCommand : ConvoxCmdlet
{
    /// <summary>The numbers of the solvers. Wildcards are permitted. By default all solvers.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ObjectNumber("DNS solver", "Get-ConvoxDnsSolver")]
    [ArgumentCompleter(typeof(DnsSolverIdCompleter))]
    [SupportsWildcards]
    [NotEmpty(NotEmptyAttribute.Solver)]
    public string[]? Id { get; set; }

    /// <summary>Lists only solvers with this provider.</summary>
    [Parameter]
    [KnownValues(typeof(ConvoxDnsProvider))]
    public ConvoxDnsProvider? Provider { get; set; }

    private protected override object? Target => Id;

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        if (Id is null)
        {
            var solvers = Run(async ct => await session.DescribeAsync(await session.Rack.DnsSolvers.ListAsync(ct), ct));
            foreach (var solver in solvers)
            {
                WriteIfSelected(solver);
            }

            return;
        }

        ProcessSolvers(session, Id, id =>
        {
            var solver = Run(ct => session.Engine.DnsSolvers.GetAsync(id, ct));
            WriteIfSelected(Run(ct => session.DescribeAsync([solver], ct))[0]);
        });
    }

    private void WriteIfSelected(ConvoxDnsSolver solver)
    {
        if (Provider is null || solver.Provider == Provider)
        {
            WriteObject(solver);
        }
    }
}
