using System.Net;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Dns.Providers.Cloudflare;
using ConvoxSsl.Engine.Dns.Resolution;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Racks.Local;
using ConvoxSsl.FailPoints;

// Each input line requests one run of the engine: plan, issue|renew, root, directory URL, CA certificate, name, and the
// web root or DNS server that validates it. The output is the reached points, then "end" and the outcome of the run.
while (await Console.In.ReadLineAsync() is { } line)
{
    var arguments = line.Split('\t');
    FailPlan.Current = FailPlan.Parse(arguments[0], arguments[2]);
    var outcome = await RunAsync(
        arguments[1],
        new LocalRack("test", Path.Combine(arguments[2], "rack"), [CloudflareProvider.CreateDescriptor(new CloudflareOptions())]),
        arguments[3],
        arguments[4],
        arguments[5],
        arguments[6]);
    Console.Out.WriteLine($"end\t{outcome}");
    Console.Out.Flush();
}

return 0;

static async Task<string> RunAsync(string what, LocalRack rack, string directoryUrl, string caCertificate, string name, string proof)
{
    await using var listeners = new ChallengeSolvers();
    var server = Path.IsPathRooted(proof) ? null : IPEndPoint.Parse(proof);
    var options = server is null ? new EngineOptions() : new EngineOptions
    {
        Providers = [CloudflareProvider.CreateDescriptor(new CloudflareOptions())],
        Resolver = new DnsResolverOptions { Servers = DnsServerList.Parse(proof), LocateNameServer = _ => [server] },
    };
    using var engine = new IssuanceEngine(rack, listeners, TimeProvider.System, new Progress<IssuanceEvent>(), options);
    var request = new IssueRequest
    {
        Names = CertificateNameSet.Parse([name]),
        Issuer = Issuer.Parse(directoryUrl),
        Settings =
            server is null ? new IssuanceSettings { WebRoot = proof } : new IssuanceSettings { ChallengeType = ChallengeTypes.Dns01 },
        Account = new AccountRequest { AcceptTermsOfService = true, CaCertificate = await File.ReadAllTextAsync(caCertificate) },
    };
    try
    {
        var entry = what == "issue"
            ? await engine.IssueAsync(request, CancellationToken.None)
            : await engine.RenewAsync(
                request.Names.ToCertificateId(), new RenewalRequest { Force = true, KeepVersions = 1 }, CancellationToken.None);
        return $"done {entry.Live.SerialNumber}";
    }
    catch (Exception e) when (e is EngineException or AcmeException or InvalidInputException or IOException or UnauthorizedAccessException)
    {
        return $"failed {e.GetType().Name} {e.Message.ReplaceLineEndings(" ")}";
    }
}
