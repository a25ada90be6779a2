using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Errors;

namespace ConvoxSsl.Commands;

/// <summary>Lists the DNS solvers of a rack, without their credentials.</summary>
/// <example>
/// <code>
/// Get-ConvoxDnsSolver
/// </code>
/// Lists all solvers.
/// </example>
/// <example>
/// <code>
/// Get-ConvoxDnsSolver -Provider Cloudflare
/// </code>
/// Lists those that use Cloudflare.
/// </example>
/// <example>
/// <code>
/// Get-ConvoxDnsSolver | Test-ConvoxDnsSolver | Where-Object Passed -eq $false
/// </code>
/// Tries them all, and shows what fails.
/// </example>
[Cmdlet(VerbsCommon.Get, "ConvoxDnsSolver")]
[OutputType(typeof(ConvoxDnsSolver))]
public sealed class GetConvoxDnsSolverCommand : ConvoxCmdlet
{
    /// <summary>The solvers' numbers. By default all.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DnsSolverIdCompleter))]
    public int[]? Id { get; set; }

    /// <summary>Only those of this provider.</summary>
    [Parameter]
    public ConvoxDnsProvider? Provider { get; set; }

    private protected override object? Target => Id;

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        if (Id is null)
        {
            foreach (var solver in Run(async ct => await session.DescribeAsync(await session.Rack.DnsSolvers.ListAsync(ct), ct)))
            {
                WriteIfWanted(solver);
            }

            return;
        }

        foreach (var id in Id)
        {
            try
            {
                WriteIfWanted(Run(async ct => await session.DescribeAsync([await session.Engine.DnsSolvers.GetAsync(id, ct)], ct))[0]);
            }
            catch (Exception e) when (ErrorRecords.CanDescribe(e))
            {
                WriteError(ErrorRecords.Create(e, id));
            }
        }
    }

    private void WriteIfWanted(ConvoxDnsSolver solver)
    {
        if (Provider is null || solver.Provider == Provider)
        {
            WriteObject(solver);
        }
    }
}
