using System.Management.Automation;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns;
using ConvoxSsl.Hosting;

namespace ConvoxSsl.Commands;

/// <summary>Configures a DNS provider for some zones, so that names in them, wildcards too, are proved by dns-01.</summary>
[Cmdlet(VerbsCommon.Add, "ConvoxDnsSolver", SupportsShouldProcess = true, DefaultParameterSetName = Route53Set)]
[OutputType(typeof(ConvoxDnsSolver))]
public sealed class AddConvoxDnsSolverCommand : DnsSolverCmdlet
{
    /// <summary>The solver's number, from 1; no other solver has it.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public int Id { get; set; }

    /// <summary>The zones that it is used for.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [AllowEmptyString]
    public string[] DnsZone { get; set; } = [];

    private protected override object Target => Id;

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        Run(ct => session.Engine.DnsSolvers.RequireFreeAsync(Id, ct));
        var (solver, secret) = Read();
        if (Approves($"DNS solver {Id}", $"Use {(solver.Cloudflare is null ? "Route53" : "Cloudflare")} for {string.Join(", ", solver.DnsZones)}"))
        {
            Run(ct => session.Engine.DnsSolvers.AddAsync(solver, secret, ct));
            WriteObject(ConvoxDnsSolver.Of(solver, session.Description.Name));
        }
    }

    private (DnsSolver Solver, DnsSecret? Secret) Read()
    {
        var solver = new DnsSolver { Id = Id, DnsZones = DnsZoneName.ParseAll(DnsZone) };
        if (ParameterSetName == CloudflareSet)
        {
            var (settings, secret) = ReadCloudflare();
            return (solver with { Cloudflare = settings }, secret);
        }

        return NamesRoute53
            ? (solver with { Route53 = Apply(new Route53Settings()) }, null)
            : throw new InvalidInputException(
                "ProviderNeeded", $"Nothing says which provider serves {string.Join(", ", solver.DnsZones)}. For Route53 give -HostedZoneId, -Role or -Region; for Cloudflare give -ApiToken, or -ApiKey with -Email.", Id);
    }
}
