using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine.Dns.Propagation;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Mapping;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>
/// Tests a DNS solver step by step: credentials, role, zone, and a TXT record that is created, queried on all name servers, and removed.
/// </summary>
/// <remarks>
/// The steps stop at the first failure, whose Remedy names the missing setting or permission. The record has a random name that no
/// certificate uses, so the test is safe on a production zone. No CA is involved, and no rate limit is touched. A provider that does not
/// respond within five minutes fails its step. Without a number, all solvers are tested one after another. Each check has the DnsSolver and
/// the Zone.
/// </remarks>
/// <example>
/// <para>Tests a solver step by step.</para>
/// <code>Test-ConvoxDnsSolver 1</code>
/// </example>
/// <example>
/// <para>Uses a specific DNS server and waits at most two minutes.</para>
/// <code>Test-ConvoxDnsSolver 1 -DnsServer 192.0.2.53 -PropagationTimeout 2m</code>
/// </example>
/// <example>
/// <para>Tests all solvers in a check that fails if one does not work.</para>
/// <code>
/// $failed = @(Test-ConvoxDnsSolver | Where-Object Passed -eq $false)
/// if ($failed.Count -gt 0) { throw "DNS solver $($failed[0].DnsSolver): $($failed[0].Detail)" }
/// </code>
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "ConvoxDnsSolver", HelpUri = HelpPages.DnsSolvers)]
[OutputType(typeof(ConvoxCheck))]
public sealed class TestConvoxDnsSolverCommand : LookupCmdlet
{
    // The view in ConvoxSsl.Format.ps1xml groups the checks by solver and zone.
    private const string ViewName = "ConvoxSsl.ConvoxCheck#DnsSolver";

    /// <summary>The numbers of the solvers. Wildcards are permitted. By default all solvers.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ObjectNumber("DNS solver", "Get-ConvoxDnsSolver")]
    [ArgumentCompleter(typeof(DnsSolverIdCompleter))]
    [SupportsWildcards]
    [NotEmpty(NotEmptyAttribute.Solver)]
    public string[]? Id { get; set; }

    /// <summary>The maximum time for the record to reach all name servers. Default: 10 minutes.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? PropagationTimeout { get; set; }

    private protected override object? Target => Id;

    private protected override void ProcessInput()
    {
        if (PropagationTimeout is { } timeout)
        {
            RequestRules.RequireTimeout(timeout);
        }

        var session = OpenRack();
        var settings = new IssuanceSettings { DnsServers = DnsServers, PropagationTimeout = PropagationTimeout };
        ProcessSolvers(session, Id ?? ["*"], id => Run(ct => TryAsync(session, id, settings, ct)));
    }

    private async Task TryAsync(RackSession session, int id, IssuanceSettings settings, CancellationToken ct)
    {
        var progress = new PropagationReporter(value => WriteVerbose($"{value.Agreed} of {value.Asked} DNS servers have the record"));
        await foreach (var check in session.Engine.DnsSolvers.TryAsync(id, settings, progress, ct))
        {
            WriteCheck(check.ToModel(GetType()) with { DnsSolver = id }, ViewName);
        }
    }

    private sealed class PropagationReporter(Action<PropagationProgress> report) : IProgress<PropagationProgress>
    {
        public void Report(PropagationProgress value) => report(value);
    }
}
