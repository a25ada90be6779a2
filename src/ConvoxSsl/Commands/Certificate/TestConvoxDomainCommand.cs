using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>
/// Looks at names before anything is ordered for them: how they would be proved, whether CAA records allow the CA, what
/// its limits leave, and which certificates cover them already. Nothing is ordered or written.
/// </summary>
/// <example>
/// <code>
/// Test-ConvoxDomain www.example.org
/// </code>
/// Tells how Let's Encrypt would have the name proved, and what stands in the way.
/// </example>
/// <example>
/// <code>
/// Test-ConvoxDomain *.example.org -Issuer zerossl -Challenge Dns01
/// </code>
/// Does so for a wildcard and another CA.
/// </example>
/// <example>
/// <code>
/// 'a.example.org', 'b.example.org' | Test-ConvoxDomain | Where-Object Passed -eq $false
/// </code>
/// Shows what would fail, before anything is ordered for a list of names.
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "ConvoxDomain")]
[OutputType(typeof(ConvoxCheck))]
public sealed class TestConvoxDomainCommand : LookupCmdlet
{
    /// <summary>The names.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DomainCompleter))]
    [DomainNames]
    [AllowEmptyString]
    public string[] Domain { get; set; } = [];

    /// <summary>The CA whose rules count: a well-known one's name, or its directory. Default: letsencrypt.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(IssuerCompleter))]
    [ValidateNotNullOrEmpty]
    public string Issuer { get; set; } = "letsencrypt";

    /// <summary>The PEM file with the root of a private CA, by which its endpoint is trusted.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CaCertificate { get; set; }

    /// <summary>The only way to prove control of the names. By default it is chosen for each name.</summary>
    [Parameter]
    public ChallengeType? Challenge { get; set; }

    /// <summary>The port that the web server for http-01 would listen on. Default: 80.</summary>
    [Parameter]
    public int? HttpPort { get; set; }

    private protected override object Target => Domain;

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        var names = CertificateNameSet.Parse(Domain);
        var issuer = Engine.Issuance.Issuer.Parse(Issuer);
        var root = CaCertificate is null ? null : ReadTextFile(CaCertificate);
        var settings = new IssuanceSettings
        {
            ChallengeType = Challenge?.ToWireName(),
            HttpPort = HttpPort,
            DnsServers = DnsServers,
        };
        foreach (var name in names)
        {
            Run(ct => TestAsync(session, name, issuer, settings, root, ct));
        }
    }

    private async Task TestAsync(RackSession session, CertificateName name, Engine.Issuance.Issuer issuer, IssuanceSettings settings, string? root, CancellationToken ct)
    {
        await foreach (var check in session.Engine.TestAsync(name, issuer, settings, root, ct))
        {
            WriteObject(ConvoxCheck.Of(check) with { Check = $"{name}: {check.Check}" });
        }
    }
}
