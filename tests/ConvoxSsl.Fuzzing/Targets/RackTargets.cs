using System.Text;
using ConvoxSsl.Engine.Dns.Providers.Scripts;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Dns.Providers.Cloudflare;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Racks.Local;
using ConvoxSsl.Engine.Tests;
using ConvoxSsl.Fuzzing.Mutations;

namespace ConvoxSsl.Fuzzing.Targets;

/// <summary>Fuzz targets for the files of a local rack, as a failing disk or an editor may have left them.</summary>
internal static class RackTargets
{
    private static readonly Uri Ca = new("https://ca.example/directory");

    private static readonly string AccountFolder = "accounts/ca.example-"
        + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(
            Ca.AbsoluteUri)))[..16].ToLowerInvariant();

    public static IEnumerable<FuzzTarget> All()
    {
        var key = Encoding.ASCII.GetBytes(PrivateKey.Generate(KeyAlgorithm.EcdsaP256).ToPem());
        var json = new JsonMutator();
        return
        [
            File("rack-format", json, "rack.json", """{"format":1}""", (rack, ct) => rack.RequireReadableAsync(ct)),
            File("rack-certificate", json, "certificates/cert-1/certificate.json", Certificate, ReadCertificatesAsync),
            File("rack-account", json, AccountFolder + "/account.json", Account, ReadAccountsAsync),
            File("rack-order", json, "orders/cert-1.json", Order, ReadOrdersAsync),
            File("rack-solvers", json, "solvers.json", Solvers, ReadSolversAsync),
            File("rack-limits", json, "limits.json", Limits, ReadLimitsAsync),
            File("rack-webhook", json, "webhook.json", Webhook, ReadWebhookAsync),
            File("rack-state", json, "state.json", State, (rack, ct) => rack.State.ReadAsync(ct)),
            File("rack-secret", json, "secrets/cloudflare-dns-credential-1.json", """{"value":"secret"}""", ReadSecretAsync),
            File(
                "rack-key",
                new ByteMutator("-----BEGIN ", "\n"),
                AccountFolder + "/key.pem",
                Encoding.ASCII.GetString(key),
                async (rack, ct) => (await rack.Accounts.ReadKeyAsync(Ca, ct)).Dispose()),
            File(
                "rack-chain",
                new ByteMutator("-----BEGIN ", "\n"),
                "certificates/cert-1/versions/1/fullchain.pem",
                Encoding.ASCII.GetString(CertificateTargets.Chains[1]),
                async (rack, ct) => (await rack.Certificates.ReadAsync("cert-1", 1, ct)).Dispose()),
        ];
    }

    private const string Certificate = """
        {"certificate":{"id":"cert-1","domains":["www.example.org"],"issuer":"letsencrypt","generated":true,
        "settings":{"directoryUrl":"https://ca.example/directory","keyAlgorithm":"EcdsaP256",
        "duration":"90.00:00:00","profile":"classic","emptySubject":true,"preferredChain":"X1","challengeType":"dns-01","httpPort":80,
        "httpAddress":"::","dnsServers":"192.0.2.1","propagationTimeout":"00:02:00","reuseKey":false}},
        "versions":[{"number":1,"notBefore":"2026-11-01T00:00:00Z","expires":"2027-01-01T00:00:00Z","renewAfter":"2026-12-01T00:00:00Z",
        "serialNumber":"01","thumbprint":"AB","keyAlgorithm":"EcdsaP256",
        "stored":"2026-11-01T00:00:00Z","renewalId":"a.b","advice":{"start":"2026-12-01T00:00:00Z","end":"2026-12-03T00:00:00Z",
        "renewAt":"2026-12-02T00:00:00Z","askAgainAt":"2026-11-02T00:00:00Z","explanationUrl":"https://ca.example/why"},
        "expiryNoticed":"2026-12-20T00:00:00Z","revoked":"2026-11-02T00:00:00Z","revocationReason":"Superseded"}]}
        """;

    private const string Account = """
        {"directoryUrl":"https://ca.example/directory","url":"https://ca.example/account/1","contact":["mailto:a@example.org"],
        "termsOfServiceAgreed":true,"externalAccountKeyId":"kid","created":"2026-11-01T00:00:00Z"}
        """;

    private const string Order = """
        {"certificate":{"id":"cert-1","domains":["www.example.org"],"issuer":"letsencrypt","generated":true,
        "settings":{"keyAlgorithm":"Rsa2048"}},"started":"2026-11-01T00:00:00Z","accountUrl":"https://ca.example/account/1",
        "orderUrl":"https://ca.example/order/1","replaces":"a.b","published":[{"type":"dns-01","name":"www.example.org","token":"abc",
        "keyAuthorization":"abc.def","location":"1"}],"waitsFor":"mail","version":2,
        "isEnded":false,"failure":{"code":"AcmeProblem.dns","cause":"no such name","at":"2026-11-01T00:00:00Z","count":2,
        "nextTry":"2026-11-01T00:10:00Z","isAskedByCa":true,"helpUrl":"https://ca.example/help"}}
        """;

    private const string State = """
        {"defaultIssuer":"letsencrypt","solverUses":[{"id":1,"at":"2026-11-01T00:00:00Z","failure":"no such zone"},
        {"id":2,"at":"2026-11-02T00:00:00Z"}]}
        """;

    private const string Solvers = """
        {"solvers":[{"id":1,"dnsZones":["example.org"],"cloudflare":{"email":"a@example.org"}},{"id":2,"dnsZones":["example.com",
        "example.net"],"route53":{"hostedZoneId":"Z1","region":"eu-west-1","role":"arn:aws:iam::123456789012:role/dns"}},
        {"id":3,"dnsZones":["example.edu"],"script":{"present":"a","cleanUp":"b"}},{"id":4,"dnsZones":["example.info"],
        "poshAcme":{"plugin":"Azure"}}]}
        """;

    private const string Limits = """
        {"uses":[{"directoryUrl":"https://ca.example/directory","limit":"ExactSet","subject":"www.example.org",
        "used":"2026-11-01T00:00:00Z","fullAgain":"2026-11-08T00:00:00Z"}],
        "refusals":[{"directoryUrl":"https://ca.example/directory","limit":"NewOrders","subject":"https://ca.example/account/1",
        "refused":"2026-11-01T00:00:00Z","until":"2026-11-01T03:00:00Z","detail":"too many"}]}
        """;

    private const string Webhook = """
        {"url":"https://hooks.example.org/certificates","events":["Renewed","Failed","Expiring"],"created":"2026-11-01T00:00:00Z"}
        """;

    // Each concurrent task reuses one directory for its inputs.
    private static FuzzTarget File(
        string name, IMutator mutator, string path, string seed, Func<LocalRack, CancellationToken, Task> readAsync) => new(
        name,
        mutator,
        [Encoding.UTF8.GetBytes(seed)],
        async (input, ct) =>
        {
            var directory = Scratch.Take(name);
            try
            {
                var file = Path.Combine(directory, path);
                if (!Directory.Exists(Path.GetDirectoryName(file)))
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                    Directory.CreateDirectory(Path.Combine(directory, "certificates", "cert-1"));
                    System.IO.File.CreateSymbolicLink(Path.Combine(directory, "certificates", "cert-1", "live"), "versions/1");
                }

                await System.IO.File.WriteAllBytesAsync(file, input, ct);
                await readAsync(new LocalRack("local", directory, TestDnsProviders.All), ct);
            }
            finally
            {
                Scratch.GiveBack(name, directory);
            }
        },
        2);

    private static async Task ReadCertificatesAsync(LocalRack rack, CancellationToken ct)
    {
        var errors = new List<EngineException>();
        await foreach (var entry in rack.Certificates.ListAsync(errors.Add, ct))
        {
            _ = string.Join(' ', entry.Record.Domains.Select(d => d.Length))
                + entry.Live.KeyAlgorithm.Length
                + entry.Live.SerialNumber.Length
                + entry.Record.Issuer.Length
                + entry.Path!.Length;
            if (entry.Record.Settings is { } settings)
            {
                _ = settings.DirectoryUrl?.AbsoluteUri;
                Require(Enum.IsDefined(settings.KeyAlgorithm), "a key algorithm that does not exist");
            }

            Require(entry.Record.Id == "cert-1", "another certificate's id");
        }

        Require(errors.TrueForAll(FuzzTarget.IsRejection), "a damage without words");
        await rack.Certificates.FindAsync("cert-1", ct);
    }

    private static async Task ReadAccountsAsync(LocalRack rack, CancellationToken ct)
    {
        var errors = new List<EngineException>();
        await foreach (var _ in rack.Accounts.ListAsync(errors.Add, ct))
        {
        }

        Require(errors.TrueForAll(FuzzTarget.IsRejection), "a damage without words");
        var account = await rack.Accounts.FindAsync(Ca, ct);
        _ = account is null
            ? 0
            : account.DirectoryUrl.AbsoluteUri.Length + (account.Url?.AbsoluteUri.Length ?? 0) + account.Contact.Sum(c => c.Length);
    }

    private static async Task ReadOrdersAsync(LocalRack rack, CancellationToken ct)
    {
        var errors = new List<EngineException>();
        await foreach (var order in rack.Orders.ListAsync(errors.Add, ct))
        {
            _ = (order.AccountUrl?.AbsoluteUri.Length ?? 0)
                + (order.OrderUrl?.AbsoluteUri.Length ?? 0)
                + order.Certificate.Domains.Sum(d => d.Length);
            _ = order.Failure?.Code.Length + order.Failure?.Cause.Length;
            _ = order.Published.Sum(p => p.Type.Length + p.Name.Length + p.Token.Length + p.Value.Length);
            Require(order.Certificate.Id == "cert-1", "another order's id");
        }

        Require(errors.TrueForAll(FuzzTarget.IsRejection), "a damage without words");
        await rack.Orders.FindAsync("cert-1", ct);
    }

    private static async Task ReadLimitsAsync(LocalRack rack, CancellationToken ct)
    {
        var records = await rack.Limits.ReadAsync(ct);
        _ = records.Uses.Sum(u => u.DirectoryUrl.OriginalString.Length + u.Subject.Length)
            + records.Refusals.Sum(r => r.DirectoryUrl.OriginalString.Length + r.Subject.Length);
    }

    private static async Task ReadWebhookAsync(LocalRack rack, CancellationToken ct)
    {
        if (await rack.Webhooks.FindAsync(ct) is { } webhook)
        {
            _ = webhook.Origin.Length + webhook.Url.AbsoluteUri.Length + webhook.Events.Count;
        }
    }

    private static async Task ReadSolversAsync(LocalRack rack, CancellationToken ct)
    {
        foreach (var solver in await rack.DnsSolvers.ListAsync(ct))
        {
            _ = solver.Covers("a.example.org");
            var script = solver.Settings as ScriptSettings;
            _ = solver.SecretName?.Length + solver.DnsZones.Sum(z => z.Length) + script?.Present.Length + script?.CleanUp.Length;
            _ = (solver.Settings as PoshAcmeSettings)?.Plugin.Length;
        }
    }

    private static async Task ReadSecretAsync(LocalRack rack, CancellationToken ct) =>
        await rack.DnsSolvers.ReadSecretAsync(
            new DnsSolver { Id = 1, DnsZones = ["example.org"], Settings = new CloudflareSettings() }, ct);

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"The rack gave out {what}.");
        }
    }
}
