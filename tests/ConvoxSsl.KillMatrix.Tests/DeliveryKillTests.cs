using System.Security.Cryptography.X509Certificates;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Publishing.Targets;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.TestKit;
using Xunit.Abstractions;

namespace ConvoxSsl.KillMatrix.Tests;

/// <summary>Kills at every step of a delivery, and makes the rack's disk full there.</summary>
public sealed class DeliveryKillTests(ITestOutputHelper output)
{
    private const string Domain = "www.example.org";

    [UnixTheory]
    [InlineData("Kill")]
    [InlineData("Full")]
    public async Task The_next_run_finishes_a_delivery_that_failed_at_any_step(string action)
    {
        await using var servers = new NoServers();
        await using var program = new FailPointsProgram(servers);
        using var home = new TemporaryDirectory();
        var list = Assert.Single(await program.RunAsync([new RequestedRun(await PrepareAsync(servers, home["list"]), "List:0")]));
        Assert.Equal("done 1", list.Outcome);
        Assert.Contains(list.Points, point => point.StartsWith("start ", StringComparison.Ordinal));
        var count = action == "Kill" ? list.Points.Count : list.Points.Count(point => point.Contains(" rack", StringComparison.Ordinal));

        var requests = new List<RequestedRun>();
        for (var number = 1; number <= count; number++)
        {
            requests.Add(new RequestedRun(await PrepareAsync(servers, home[$"{action}{number}"]), $"{action}:{number}"));
        }

        var runs = await program.RunAsync(requests);
        foreach (var (request, run) in requests.Zip(runs))
        {
            Assert.True(run.Points.Count > 0, $"{request.Plan}: {run}");
            await AssertNextRunAsync(servers, request.Case, $"{run}");
        }

        output.WriteLine($"{action}: {count} points: {string.Join(", ", list.Points)}");
    }

    // A delivered version, and a newer one that is not delivered.
    private static async Task<MatrixCase> PrepareAsync(NoServers servers, string root)
    {
        Directory.CreateDirectory(root);
        var matrixCase = new MatrixCase(servers, root, Domain, IsRenewal: false) { IsDelivery = true };
        using var engine = servers.NewEngine(matrixCase);
        var request = IssueRequest.FromNames(CertificateNameSet.Parse([Domain]), Issuer.SelfSigned, null) with { Force = true };
        await engine.IssueAsync(request, CancellationToken.None);
        var target = await engine.Targets.AddAsync(
            new CertificateTarget
            {
                Id = 0,
                Machine = engine.Targets.Machine,
                Domain = Domain,
                Files = new TargetFiles { Format = "Pem", Directory = Path.Combine(root, "site") },
                Reload = new TargetReload
                {
                    Command = "/bin/sh", Arguments = ["-c", $"cat '{root}/site/fullchain.pem' '{root}/site/privkey.pem' > '{root}/served'"],
                },
            },
            CancellationToken.None);
        Assert.Single(await engine.Deliveries.DeliverAsync(target.Deliveries, retriesNow: false, CancellationToken.None));
        await engine.IssueAsync(request, CancellationToken.None);
        return matrixCase;
    }

    private static async Task AssertNextRunAsync(NoServers servers, MatrixCase matrixCase, string run)
    {
        using var engine = servers.NewEngine(matrixCase);
        var deliveries = await engine.Deliveries.FindAsync(null, withCurrent: false, CancellationToken.None);
        await engine.Deliveries.DeliverAsync(deliveries, retriesNow: true, CancellationToken.None);

        var delivery = Assert.Single((await engine.Targets.GetAsync(1, CancellationToken.None)).Deliveries);
        Assert.True(delivery.Status == DeliveryStatus.Current, run);
        using var served = X509Certificate2.CreateFromPemFile(Path.Combine(matrixCase.Root, "served"));
        Assert.Equal(delivery.Certificate.Live.SerialNumber, served.SerialNumber);
        Assert.DoesNotContain(
            Directory.GetFiles(matrixCase.Rack.Location), file => file.EndsWith(".unfinished", StringComparison.Ordinal));
    }

    /// <summary>No servers: self-signed certificates need none.</summary>
    private sealed class NoServers : MatrixServers
    {
        public override Uri DirectoryUrl { get; } = new("https://ca.example/directory");

        public override string RootFile => string.Empty;

        public override string GetValidationArgument(MatrixCase matrixCase) => string.Empty;

        public override Task PrepareAsync(MatrixCase matrixCase) => Task.CompletedTask;

        public override Task SettleAsync(MatrixCase matrixCase) => Task.CompletedTask;

        public override void AssertNothingIsPublished(MatrixCase matrixCase)
        {
        }

        protected override IssuanceSettings CreateSettings(MatrixCase matrixCase) => new();
    }
}
