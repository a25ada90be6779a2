using System.Management.Automation;
using ConvoxSsl.Cmdlets;
using ConvoxSsl.Completion;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Mapping;
using ConvoxSsl.Transformations;

namespace ConvoxSsl.Commands;

/// <summary>
/// Checks names before an order: the challenge type that would validate them, the CAA records, the remaining rate limits, and
/// the certificates that already cover them. Does not order or write anything.
/// </summary>
/// <remarks>
/// Run it before the first order for a name, or after a failed one: a failed validation counts against the limits of a CA, and a test
/// does not. Each check is one object; those that failed have a Remedy. The test queries the DNS and the directory of the CA, but it
/// cannot tell if the CA reaches this machine; <c>-DryRun</c> of New-ConvoxCertificate tests that too.
/// </remarks>
/// <example>
/// <para>Shows how Let's Encrypt would validate the name, and the problems.</para>
/// <code>Test-ConvoxDomain www.example.org</code>
/// </example>
/// <example>
/// <para>Checks a wildcard for another CA.</para>
/// <code>Test-ConvoxDomain *.example.org -Issuer zerossl -Challenge Dns01</code>
/// </example>
/// <example>
/// <para>Shows the failing checks for a list of names.</para>
/// <code>'a.example.org', 'b.example.org' | Test-ConvoxDomain | Where-Object Passed -eq $false</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "ConvoxDomain", HelpUri = HelpPages.Certificates)]
[OutputType(typeof(ConvoxCheck))]
public sealed class TestConvoxDomainCommand : LookupCmdlet
{
    private const string DefaultIssuer = "letsencrypt";

    /// <summary>The names to check, separated by commas or spaces.</summary>
    [Parameter(
        Mandatory = true,
        Position = 0,
        ValueFromRemainingArguments = true,
        ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DomainCompleter))]
    [DomainNames]
    [AllowEmptyString]
    public string[] Domain { get; set; } = [];

    /// <summary>
    /// The issuer: the name of a well-known CA, the URL of its directory, or <c>self-signed</c>. By default the issuer of the certificate
    /// for exactly these names, else the rack's default issuer, which Set-ConvoxRack sets, else letsencrypt.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(IssuerCompleter))]
    [NotEmpty(NotEmptyAttribute.Issuer)]
    public string? Issuer { get; set; }

    /// <summary>The PEM file of the root certificate that the endpoint of a private CA chains to.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CaCertificate { get; set; }

    /// <summary>The challenge type for all names. By default it is selected for each name.</summary>
    [Parameter]
    [KnownValues(typeof(ChallengeType))]
    public ChallengeType? Challenge { get; set; }

    /// <summary>The port that the http-01 server would listen on. Default: 80.</summary>
    [Parameter]
    [WholeNumber("-HttpPort 8080")]
    public int? HttpPort { get; set; }

    // The view in ConvoxSsl.Format.ps1xml groups the checks by name.
    private const string ViewName = "ConvoxSsl.ConvoxCheck#Domain";

    private protected override object Target => Domain;

    private protected override void ProcessInput()
    {
        var session = OpenRack();
        var names = CertificateNameSet.Parse(Domain);
        var issuer = SelectIssuer(session, names);
        var root = ReadRootFile(CaCertificate);
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

    // The issuer that New-ConvoxCertificate would use. If nothing determines it, a self-signed certificate would leave nothing to test.
    private Engine.Issuance.Requests.Issuer SelectIssuer(RackSession session, CertificateNameSet names) =>
        (Issuer is null ? Run(ct => session.Engine.Issuers.FindAsync(names, ct)) : null)
        ?? Engine.Issuance.Requests.Issuer.Parse(Issuer ?? DefaultIssuer);

    private async Task TestAsync(
        RackSession session,
        CertificateName name,
        Engine.Issuance.Requests.Issuer issuer,
        IssuanceSettings settings,
        string? root,
        CancellationToken ct)
    {
        await foreach (var check in session.Engine.TestAsync(name, issuer, settings, root, ct))
        {
            WriteCheck(check.ToModel(GetType()) with { Check = $"{name}: {check.Check}" }, ViewName);
        }
    }
}
