using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Mapping;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>
/// Changes the zones, the provider's settings or the credential of a DNS solver. Without a change, it restores a Detached solver to the
/// rack's cert-manager.
/// </summary>
/// <remarks>
/// Settings that you do not name stay as they are. The provider cannot change: remove the solver and add it again. Test the solver with
/// Test-ConvoxDnsSolver after a change of its credential.
/// </remarks>
/// <example>
/// <para>Sets the zones of a solver.</para>
/// <code>Set-ConvoxDnsSolver 1 example.org, example.net -PassThru</code>
/// </example>
/// <example>
/// <para>Sets a new token.</para>
/// <code>Set-ConvoxDnsSolver 1 -ApiToken (Read-Host 'API token' -AsSecureString)</code>
/// </example>
/// <example>
/// <para>Sets the token from a vault for all Cloudflare solvers.</para>
/// <code>Get-ConvoxDnsSolver -Provider Cloudflare | Set-ConvoxDnsSolver -ApiToken (Get-Secret cloudflare)</code>
/// </example>
/// <example>
/// <para>Reads the token from a vault at each use, and removes the stored token.</para>
/// <code>Set-ConvoxDnsSolver 1 -ApiTokenSecret cloudflare</code>
/// </example>
[Cmdlet(
    VerbsCommon.Set, "ConvoxDnsSolver",
    SupportsShouldProcess = true,
    HelpUri = HelpPages.DnsSolvers)]
[OutputType(typeof(ConvoxDnsSolver))]
public sealed class SetConvoxDnsSolverCommand : DnsSolverCmdlet
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

    /// <summary>The new zones of the solver.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(DnsSolverSettingCompleter))]
    [AllowEmptyString]
    public string[]? DnsZone { get; set; }

    /// <summary>Returns the changed solver.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override object Target => Id;

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        ProcessSolvers(session, Id, id => Change(session, id));
    }

    private void Change(RackSession session, int id)
    {
        var stored = Run(ct => session.Engine.DnsSolvers.GetAsync(id, ct));
        RequireChange(session, stored);
        var zones = DnsZone is null ? null : DnsZoneName.ParseAll(DnsZone);
        var input = Input;
        var (_, secret) = input.Apply(stored);
        WarnOfUnknownPlugin();
        if (!ConfirmAction($"DNS solver {id}", "Change"))
        {
            return;
        }

        var changed = Run(ct => session.Engine.DnsSolvers.ChangeAsync(
            id, solver => input.Apply(solver).Solver with { DnsZones = zones ?? solver.DnsZones }, secret, ct));
        var described = PassThru || changed.VaultSecret is not null ? Describe(session, changed) : null;
        if (PassThru)
        {
            WriteObject(described);
        }
    }

    private void RequireChange(RackSession session, DnsSolver stored)
    {
        if (DnsZone is null && Input.Provider is null)
        {
            RequireDetached(session, stored);
        }

        var current = stored.GetProvider();
        if (Input.Provider is { } other && other != current)
        {
            throw new InvalidInputException(
                ErrorCode.OtherProvider, $"DNS solver {stored.Id} uses {current}, but the given settings are for {other}.", stored.Id);
        }
    }

    private void RequireDetached(RackSession session, DnsSolver stored)
    {
        if (!Run(session.Rack.DnsSolvers.ListDetachedAsync).Contains(stored.Id))
        {
            throw new InvalidInputException(ErrorCode.NothingToChange, "No change was given.", stored.Id)
            {
                Remedy = new Remedy("NothingToChange.DnsSolver"),
            };
        }

        if (stored.NeedsEngine)
        {
            throw new InvalidInputException(
                ErrorCode.SolverNotSupported,
                $"cert-manager cannot use DNS solver {stored.Id} because it does not support scripts, plugins, external IDs or vaults.",
                stored.Id)
            {
                Remedy = new Remedy("SolverNotSupported.Restore"),
            };
        }
    }
}
