using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Solvers;

namespace ConvoxSsl.Commands;

/// <summary>
/// Changes a DNS solver: its zones, its provider's settings, or its credential. Without a change it gives a solver that is
/// Detached back to the rack's cert-manager.
/// </summary>
/// <example>
/// <code>
/// Set-ConvoxDnsSolver 1 example.org, example.net -PassThru
/// </code>
/// Uses a solver for these zones from now on.
/// </example>
/// <example>
/// <code>
/// Set-ConvoxDnsSolver 1 -ApiToken (Read-Host 'API token' -AsSecureString)
/// </code>
/// Gives it a new token.
/// </example>
/// <example>
/// <code>
/// Get-ConvoxDnsSolver -Provider Cloudflare | Set-ConvoxDnsSolver -ApiToken (Get-Secret cloudflare)
/// </code>
/// Gives all solvers of Cloudflare the token that is in a vault, after it was changed there.
/// </example>
/// <example>
/// <code>
/// Set-ConvoxDnsSolver 1 -ApiTokenSecret cloudflare
/// </code>
/// Reads the token from a vault from now on, and removes the one that the rack stores.
/// </example>
[Cmdlet(VerbsCommon.Set, "ConvoxDnsSolver", SupportsShouldProcess = true, DefaultParameterSetName = Route53Set)]
[OutputType(typeof(ConvoxDnsSolver))]
public sealed class SetConvoxDnsSolverCommand : DnsSolverCmdlet
{
    /// <summary>The solver's number.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DnsSolverIdCompleter))]
    public int Id { get; set; }

    /// <summary>The zones that take the place of those before.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(DnsSolverSettingCompleter))]
    [AllowEmptyString]
    public string[]? DnsZone { get; set; }

    /// <summary>Returns the solver.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override object Target => Id;

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        var known = Run(ct => session.Engine.DnsSolvers.GetAsync(Id, ct));
        RequireChange(session, known);
        var zones = DnsZone is null ? null : DnsZoneName.ParseAll(DnsZone);
        var (_, secret) = Apply(known);
        if (!ConfirmAction($"DNS solver {Id}", "Change"))
        {
            return;
        }

        var changed = Run(ct => session.Engine.DnsSolvers.ChangeAsync(
            Id, solver => Apply(solver).Solver with { DnsZones = zones ?? solver.DnsZones }, secret, ct));
        var described = PassThru || changed.VaultSecret is not null ? Describe(session, changed) : null;
        if (PassThru)
        {
            WriteObject(described);
        }
    }

    private void RequireChange(RackSession session, DnsSolver known)
    {
        if (DnsZone is null && NamedProvider is null)
        {
            RequireDetached(session, known);
        }

        var current = ConvoxDnsSolver.ProviderOf(known);
        if (NamedProvider is { } wanted && wanted != current)
        {
            throw new InvalidInputException(ErrorCode.OtherProvider, $"DNS solver {Id} uses {current}, and the settings given are {wanted}'s. Remove it with Remove-ConvoxDnsSolver and add it again.", Id);
        }
    }

    private void RequireDetached(RackSession session, DnsSolver known)
    {
        if (!Run(session.Rack.DnsSolvers.ListDetachedAsync).Contains(Id))
        {
            throw new InvalidInputException(ErrorCode.NothingToChange, "Nothing was named that should change. Give -DnsZone, or a setting of the provider.", Id);
        }

        if (known.NeedsEngine)
        {
            throw new InvalidInputException(
                ErrorCode.SolverNotSupported,
                $"cert-manager can't use DNS solver {Id}: it runs no scripts and no plugins, gives no external id and reads no vault. Issue with -Engine Acme, which uses it as it is.",
                Id);
        }
    }
}
