using System.Management.Automation;
using ConvoxSsl.Binding;
using ConvoxSsl.Hosting;

namespace ConvoxSsl.Commands;

/// <summary>Lists the DNS solvers of a rack, without their credentials.</summary>
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
            foreach (var solver in Run(session.Rack.DnsSolvers.ListAsync))
            {
                WriteIfWanted(ConvoxDnsSolver.Of(solver, session.Description.Name));
            }

            return;
        }

        foreach (var id in Id)
        {
            try
            {
                WriteIfWanted(ConvoxDnsSolver.Of(Run(ct => session.Engine.DnsSolvers.GetAsync(id, ct)), session.Description.Name));
            }
            catch (Exception e) when (ErrorRecords.CanDescribe(e))
            {
                WriteError(ErrorRecords.Of(e, id));
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
