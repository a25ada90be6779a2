using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Dns;
using ConvoxSsl.Engine.Dns.Cloudflare;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Racks;
using ConvoxSsl.Engine.Racks.Local;

// issue|renew root directory-url ca-certificate name web-root|dns-server
var (what, root, directoryUrl, caCertificate, name, proof) = (args[0], args[1], args[2], args[3], args[4], args[5]);
var rack = new LocalRack("test", Path.Combine(root, "rack"));
await using var listeners = new ChallengeSolvers();
var isDns = !Path.IsPathRooted(proof);
var options = new EngineOptions();
if (isDns)
{
    var servers = DnsServerList.Parse(proof);
    options = new EngineOptions
    {
        Providers = [CloudflareProvider.Factory(new CloudflareOptions())],
        Resolver = new DnsResolverOptions { Servers = servers, LocateNameServer = _ => [System.Net.IPEndPoint.Parse(proof)] },
    };
}

using var engine = new IssuanceEngine(rack, listeners, TimeProvider.System, new Progress<IssuanceEvent>(), options);
var request = new CertificateRequest
{
    Names = CertificateNameSet.Parse([name]),
    Issuer = Issuer.Parse(directoryUrl),
    Settings = isDns ? new IssuanceSettings { ChallengeType = ChallengeTypes.Dns01 } : new IssuanceSettings { WebRoot = proof },
    Account = new AccountRequest { AcceptTermsOfService = true, CaCertificate = await File.ReadAllTextAsync(caCertificate) },
};
try
{
    var entry = what == "issue"
        ? await engine.IssueAsync(request, CancellationToken.None)
        : await engine.RenewAsync(request.Names.ToCertificateId(), new RenewalRequest { Force = true, KeepVersions = 1 }, CancellationToken.None);
    Console.Out.WriteLine($"done\t{entry.Live.SerialNumber}");
    return 0;
}
catch (Exception e) when (e is EngineException or AcmeException or InvalidInputException or IOException)
{
    Console.Out.WriteLine($"failed\t{e.GetType().Name} {e.Message}");
    return 1;
}
