using System.Management.Automation;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Solvers;

namespace ConvoxSsl.Commands;

/// <summary>Configures a DNS provider for some zones, so that names in them, wildcards too, are proved by dns-01.</summary>
/// <example>
/// <code>
/// Add-ConvoxDnsSolver 1 example.org -HostedZoneId Z0123456789ABCDEFGHIJ
/// </code>
/// Proves names below example.org in a zone of Route53, with your own AWS credentials.
/// </example>
/// <example>
/// <code>
/// $token = Read-Host 'API token' -AsSecureString
/// Add-ConvoxDnsSolver 2 example.org, example.net -ApiToken $token
/// </code>
/// Does so for two zones at Cloudflare. The token is stored as a secret of the rack.
/// </example>
/// <example>
/// <code>
/// Add-ConvoxDnsSolver 3 example.com -Present { param($Name, $Value) dnsctl add $Name $Value } -CleanUp { param($Name, $Value) dnsctl remove $Name $Value }
/// </code>
/// Uses a program of your own where no provider fits.
/// </example>
/// <example>
/// <code>
/// Add-ConvoxDnsSolver 4 example.org -ApiToken (Get-Secret cloudflare)
/// if (Test-ConvoxDnsSolver 4 | Where-Object Passed -eq $false) { throw 'The solver does not work.' }
/// </code>
/// Sets a solver up in a script, with a token from a vault, and tries it at once.
/// </example>
/// <example>
/// <code>
/// Add-ConvoxDnsSolver 5 example.org -ApiTokenSecret cloudflare -Vault Work
/// </code>
/// Leaves the token in the vault Work, from where each use reads it.
/// </example>
[Cmdlet(VerbsCommon.Add, "ConvoxDnsSolver", SupportsShouldProcess = true, DefaultParameterSetName = Route53Set)]
[OutputType(typeof(ConvoxDnsSolver))]
public sealed class AddConvoxDnsSolverCommand : DnsSolverCmdlet
{
    /// <summary>The solver's number, from 1; no other solver has it.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public int Id { get; set; }

    /// <summary>The zones that it is used for.</summary>
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
        var provider = NamedProvider ?? throw new InvalidInputException(
            ErrorCode.ProviderNeeded,
            $"Nothing says which provider serves {string.Join(", ", zones)}. For Route53 give -HostedZoneId, -Role or -Region; for Cloudflare -ApiToken, -ApiTokenSecret, or -ApiKey with -Email; for any other -PoshAcmePlugin, or -Present with -CleanUp.",
            Id);
        var (solver, secret) = Apply(new DnsSolver { Id = Id, DnsZones = zones });
        if (ConfirmAction($"DNS solver {Id}", $"Use {provider} for {string.Join(", ", zones)}"))
        {
            Run(ct => session.Engine.DnsSolvers.AddAsync(solver, secret, ct));
            WriteObject(Describe(session, Run(ct => session.Engine.DnsSolvers.GetAsync(Id, ct))));
        }
    }
}
