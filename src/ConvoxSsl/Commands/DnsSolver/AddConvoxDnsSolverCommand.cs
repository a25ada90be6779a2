using System.Management.Automation;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Solvers;

namespace ConvoxSsl.Commands;

/// <summary>Adds a DNS solver, which validates names in its zones, including wildcards, with dns-01.</summary>
/// <example>
/// <para>Validates names below example.org in a Route53 zone with your AWS credentials.</para>
/// <code>Add-ConvoxDnsSolver 1 example.org -HostedZoneId Z0123456789ABCDEFGHIJ</code>
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
    DefaultParameterSetName = Route53Set,
    HelpUri = HelpPages.DnsSolvers)]
[OutputType(typeof(ConvoxDnsSolver))]
public sealed class AddConvoxDnsSolverCommand : DnsSolverCmdlet
{
    /// <summary>The number of the solver, at least 1 and unique on the rack.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public int Id { get; set; }

    /// <summary>The zones of the solver.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(DnsSolverSettingCompleter))]
    [AllowEmptyString]
    public string[] DnsZone { get; set; } = [];

    private protected override object Target => Id;

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        Run(ct => session.Engine.DnsSolvers.RequireFreeAsync(Id, ct));
        var zones = DnsZoneName.ParseAll(DnsZone);
        var provider = Input.Provider ?? throw new InvalidInputException(
            ErrorCode.ProviderNeeded, $"No DNS provider was given for {string.Join(", ", zones)}.", Id);
        var (solver, secret) = Input.Apply(new DnsSolver { Id = Id, DnsZones = zones });
        if (ConfirmAction($"DNS solver {Id}", $"Use {provider} for {string.Join(", ", zones)}"))
        {
            Run(ct => session.Engine.DnsSolvers.AddAsync(solver, secret, ct));
            WriteObject(Describe(session, Run(ct => session.Engine.DnsSolvers.GetAsync(Id, ct))));
        }
    }
}
