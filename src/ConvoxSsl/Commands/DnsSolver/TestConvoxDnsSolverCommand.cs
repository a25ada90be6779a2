using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine.Dns.Propagation;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Mapping;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>
/// Tries a DNS solver step by step: credentials, role, zone, and a real TXT record that is written, seen on every name
/// server and removed. Leaves nothing behind.
/// </summary>
/// <example>
/// <para>Tries a solver step by step.</para>
/// <code>Test-ConvoxDnsSolver 1</code>
/// </example>
/// <example>
/// <para>Looks names up at a certain server, and waits two minutes at most.</para>
/// <code>Test-ConvoxDnsSolver 1 -DnsServer 192.0.2.53 -PropagationTimeout 2m</code>
/// </example>
/// <example>
/// <para>Tries all of them, in a check that fails where one does not work.</para>
/// <code>
/// $failed = @(Get-ConvoxDnsSolver | Test-ConvoxDnsSolver | Where-Object Passed -eq $false)
/// if ($failed.Count -gt 0) { throw $failed[0].Detail }
/// </code>
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "ConvoxDnsSolver", HelpUri = HelpPages.DnsSolvers)]
[OutputType(typeof(ConvoxCheck))]
public sealed class TestConvoxDnsSolverCommand : LookupCmdlet
{
    /// <summary>The solver's number.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DnsSolverIdCompleter))]
    public int Id { get; set; }

    /// <summary>How long to wait until the record is on every name server. Default: 10 minutes.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? PropagationTimeout { get; set; }

    private protected override object Target => Id;

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        var settings = new IssuanceSettings { DnsServers = DnsServers, PropagationTimeout = PropagationTimeout };
        Run(ct => TryAsync(session, settings, ct));
    }

    private async Task TryAsync(RackSession session, IssuanceSettings settings, CancellationToken ct)
    {
        var progress = new Agreement(value => WriteVerbose($"{value.Agreed} of {value.Asked} DNS servers have the record"));
        await foreach (var check in session.Engine.DnsSolvers.TryAsync(Id, settings, progress, ct))
        {
            WriteObject(check.ToModel());
        }
    }

    private sealed class Agreement(Action<PropagationProgress> report) : IProgress<PropagationProgress>
    {
        public void Report(PropagationProgress value) => report(value);
    }
}
