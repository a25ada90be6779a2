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

// Each input line requests a run of the engine: the run's number, plan, issue|renew|deliver, root, directory URL, CA certificate, name,
// and the web root or DNS server that validates it. Runs take place at the same time. Each output line begins with the run's number:
// a reached point, that the run is stopped there, or its end with the outcome.
const int MaxStoppedThreads = 256;
ThreadPool.SetMinThreads(MaxStoppedThreads, MaxStoppedThreads);
var runs = new List<Task>();
while (await Console.In.ReadLineAsync() is { } line)
{
    runs.Add(Task.Run(() => RunPlanAsync(line.Split('\t'))));
}

await Task.WhenAll(runs);
return 0;

static async Task RunPlanAsync(string[] arguments)
{
    var plan = FailPlan.Current = FailPlan.Parse(arguments[0], arguments[1], arguments[3]);
    var rack = new LocalRack("test", Path.Combine(arguments[3], "rack"), [CloudflareProvider.CreateDescriptor(new CloudflareOptions())]);
    plan.End(arguments[2] == "deliver" ? await DeliverAsync(rack) : await RunAsync(
        arguments[2],
        rack,
        arguments[4],
        arguments[5],
        arguments[6],
        arguments[7]));
}

// Delivers what is outdated, as a scheduled run does.
static async Task<string> DeliverAsync(LocalRack rack)
{
    await using var listeners = new ChallengeSolvers();
    using var engine = new IssuanceEngine(rack, listeners, TimeProvider.System, new Progress<IssuanceEvent>());
    try
    {
        var deliveries = await engine.Deliveries.FindAsync(null, withCurrent: false, CancellationToken.None);
        var outcomes = await engine.Deliveries.DeliverAsync(deliveries, retriesNow: true, CancellationToken.None);
        return outcomes.Select(outcome => outcome.FindError()).FirstOrDefault(error => error is not null) is { } error
            ? $"failed {error.Message.ReplaceLineEndings(" ")}"
            : $"done {outcomes.Count}";
    }
    catch (Exception e) when (e is EngineException or IOException or UnauthorizedAccessException)
    {
        return $"failed {e.GetType().Name} {e.Message.ReplaceLineEndings(" ")}";
    }
}

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
