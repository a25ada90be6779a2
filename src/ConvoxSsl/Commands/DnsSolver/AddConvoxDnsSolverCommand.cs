using System.Management.Automation;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Issuance.Solvers;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>Adds a DNS solver, which validates names in its zones, including wildcards, with dns-01.</summary>
/// <remarks>
/// A solver is used for names in its zones, the longest zone first. The parameters select the provider. Route53: <c>-HostedZoneId</c>,
/// <c>-Role</c>, <c>-Region</c>, <c>-ExternalId</c>, <c>-ProfileName</c>. Cloudflare: <c>-ApiToken</c>, or <c>-ApiKey</c> with
/// <c>-Email</c>. Posh-ACME: <c>-PoshAcmePlugin</c> with <c>-PluginArgs</c>. Your own program: <c>-Present</c> with <c>-CleanUp</c>.
/// Test a new solver with Test-ConvoxDnsSolver.
/// </remarks>
/// <example>
/// <para>Validates names below example.org in a Route53 zone with your AWS credentials.</para>
/// <code>Add-ConvoxDnsSolver 1 example.org -HostedZoneId Z0123456789ABCDEFGHIJ</code>
/// </example>
/// <example>
/// <para>Uses the next free number.</para>
/// <code>Add-ConvoxDnsSolver -DnsZone example.org -HostedZoneId Z0123456789ABCDEFGHIJ</code>
/// </example>
/// <example>
/// <para>Validates names in two Cloudflare zones. The token is stored as a secret of the rack.</para>
/// <code>
/// $token = Read-Host 'API token' -AsSecureString
/// Add-ConvoxDnsSolver 2 example.org, example.net -ApiToken $token
/// </code>
/// </example>
/// <example>
/// <para>Uses your own program for another DNS provider.</para>
/// <code>
/// Add-ConvoxDnsSolver 3 example.com -Present { param($Name, $Value) dnsctl add $Name $Value } `
///     -CleanUp { param($Name, $Value) dnsctl remove $Name $Value }
/// </code>
/// </example>
/// <example>
/// <para>Adds a solver with a token from a vault in a script and tests it.</para>
/// <code>
/// Add-ConvoxDnsSolver 4 example.org -ApiToken (Get-Secret cloudflare)
/// if (Test-ConvoxDnsSolver 4 | Where-Object Passed -eq $false) { throw 'The solver does not work.' }
/// </code>
/// </example>
/// <example>
/// <para>Keeps the token in the vault Work, from which each use reads it.</para>
/// <code>Add-ConvoxDnsSolver 5 example.org -ApiTokenSecret cloudflare -Vault Work</code>
/// </example>
[Cmdlet(
    VerbsCommon.Add, "ConvoxDnsSolver",
    SupportsShouldProcess = true,
    HelpUri = HelpPages.DnsSolvers)]
[OutputType(typeof(ConvoxDnsSolver))]
public sealed class AddConvoxDnsSolverCommand : DnsSolverCmdlet
{
    /// <summary>The number of the solver, at least 1 and unique on the rack. By default the next free number.</summary>
    [Parameter(Position = 0)]
    [SolverNumber]
    public int? Id { get; set; }

    /// <summary>The zones of the solver.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(DnsSolverSettingCompleter))]
    [AllowEmptyString]
    public string[] DnsZone { get; set; } = [];

    private protected override object? Target => Id;

    private protected override bool CreatesRack => true;

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        var id = Run(ct => FindIdAsync(session.Engine.DnsSolvers, ct));
        var zones = DnsZoneName.ParseAll(DnsZone);
        var provider = Input.Provider ?? throw new InvalidInputException(
            ErrorCode.ProviderNeeded, $"No DNS provider was given for {string.Join(", ", zones)}.", id);
        var (solver, secret) = Input.Apply(new DnsSolver { Id = id, DnsZones = zones });
        WarnOfUnknownPlugin();
        if (ConfirmAction($"DNS solver {id}", $"Use {provider} for {string.Join(", ", zones)}"))
        {
            var added = Run(ct => Id is null
                ? session.Engine.DnsSolvers.AddNextAsync(solver, secret, ct)
                : session.Engine.DnsSolvers.AddAsync(solver, secret, ct));
            WriteObject(Describe(session, Run(ct => session.Engine.DnsSolvers.GetAsync(added.Id, ct))));
        }
    }

    private async Task<int> FindIdAsync(DnsSolverCatalog solvers, CancellationToken ct)
    {
        if (Id is not { } id)
        {
            return await solvers.FindNextIdAsync(ct);
        }

        await solvers.RequireFreeAsync(id, ct);
        return id;
    }
}
