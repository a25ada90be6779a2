using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Tests.Issuance;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Acme;

namespace ConvoxSsl.Engine.Tests.Racks;

/// <summary>Racks that an earlier version left in the middle of an order are read, and the next run completes the order.</summary>
public sealed class EarlierVersionTests : IssuanceTest
{
    private const string EarlierAddress = "https://ca.test";
    private static readonly string Samples =
        Path.Combine(RepositoryRoot.Path, "tests", "ConvoxSsl.Engine.Tests", "Racks", "EarlierVersion");

    // Shortly after the last sample was written, when the delays after its failures have passed, except that of the rate limit.
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 0, 0, 0, TimeSpan.Zero);

    public static TheoryData<string, OrderState, int, bool> States => new()
    {
        // The folder, the state, the number of published responses, and whether only cleanup is left.
        { "order-not-sent", OrderState.New, 0, false },
        { "order-open", OrderState.Open, 0, false },
        { "response-published", OrderState.Open, 1, false },
        { "validated", OrderState.Open, 1, false },
        { "processing", OrderState.Open, 1, false },
        { "certificate-stored", OrderState.Open, 1, false },
        { "renewal-stored", OrderState.Open, 1, false },
        { "failed", OrderState.Failed, 0, false },
        { "failed-with-response", OrderState.Failed, 1, true },
        { "rate-limited", OrderState.New, 0, false },
        { "server-error", OrderState.Open, 0, false },
        { "waiting-for-owner", OrderState.WaitingForOwner, 0, false },
        { "ended-with-response", OrderState.Ended, 1, true },
        { "dry-run", OrderState.Open, 1, true },
    };

    [Theory]
    [MemberData(nameof(States))]
    public async Task An_order_of_an_earlier_version_is_read(string sample, OrderState state, int published, bool isLeftover)
    {
        await RestoreAsync(sample);

        var order = await Rack.Orders.ListAsync(damage => throw damage, CancellationToken.None).SingleAsync();

        Assert.Equal((state, published, isLeftover), (order.State, order.Published.Count, order.IsLeftover));
        Assert.Equal(state == OrderState.Failed || sample is "rate-limited" or "server-error", order.Failure is not null);
        Assert.Equal(Ca.Accounts.Single().Url, order.AccountUrl!.AbsoluteUri);

        // A failure for good removes the key, unless cleanup is still to be done.
        using var key = await Rack.Orders.ReadKeyAsync(order.Certificate.Id, CancellationToken.None);
        Assert.Equal(sample != "failed", key is not null);
    }

    [Theory]
    [InlineData("order-not-sent", 1)]
    [InlineData("order-open", 0)]
    [InlineData("response-published", 0)]
    [InlineData("validated", 0)]
    [InlineData("certificate-stored", 0)]
    [InlineData("failed", 1)]
    [InlineData("failed-with-response", 1)]
    [InlineData("server-error", 0)]
    [InlineData("ended-with-response", 0)]
    [InlineData("dry-run", 1)]
    public async Task The_next_run_completes_an_order_of_an_earlier_version(string sample, int newOrders)
    {
        var name = await RestoreAsync(sample);

        await CompleteAsync(name, newOrders);
    }

    [Fact]
    public async Task The_next_run_downloads_the_certificate_of_an_order_that_an_earlier_version_finalized()
    {
        var name = await RestoreAsync("processing");
        var id = CertificateNameSet.Parse([name]).ToCertificateId();
        using (var engine = NewEngine())
        using (var key = await Rack.Orders.ReadKeyAsync(id, CancellationToken.None))
        {
            // As the earlier version did: the CA's side of it cannot be restored from the sample.
            var session = await engine.Accounts.OpenExistingAsync(Ca.DirectoryUrl, CancellationToken.None);
            var order = await session.GetOrderAsync(new Uri(Ca.Orders.Single().Url), CancellationToken.None);
            await session.FinalizeAsync(
                order, SigningRequest.Create(key!, CertificateNameSet.Parse([name])), deadline: null, CancellationToken.None);
        }

        var entry = await CompleteAsync(name, newOrders: 0);

        Assert.Equal(1, Ca.Count(AcmeResource.Finalize));
        Assert.Equal(Ca.IssuedCertificates.Single().Certificate.SerialNumber, entry.Live.SerialNumber);
    }

    [Fact]
    public async Task The_next_run_makes_a_renewal_live_that_an_earlier_version_stored()
    {
        var name = await RestoreAsync("renewal-stored");
        var id = CertificateNameSet.Parse([name]).ToCertificateId();
        Assert.Equal(1, (await Rack.Certificates.FindAsync(id, CancellationToken.None))!.LiveVersion);

        using var engine = NewEngine();
        var entry = await engine.RenewAsync(id, new RenewalRequest(), CancellationToken.None);

        Assert.Equal(2, entry.LiveVersion);
        await AssertNothingIsLeftAsync(newOrders: 0);
    }

    [Fact]
    public async Task A_rate_limit_that_an_earlier_version_recorded_delays_the_next_order()
    {
        var name = await RestoreAsync("rate-limited");
        using var engine = NewEngine();
        var id = CertificateNameSet.Parse([name]).ToCertificateId();
        Assert.NotNull(engine.Renewals.FindRecentFailure(await engine.Certificates.FindAsync(id, CancellationToken.None)));
        var limited = await Assert.ThrowsAsync<EngineException>(() => IssueAsync(name));
        Assert.Equal((ErrorCode.RetryLater, 0), (limited.Code, Ca.Count(AcmeResource.NewOrder)));

        await Task.Delay(limited.RetryAt!.Value - Clock.GetUtcNow() + TimeSpan.FromSeconds(1), Clock);

        await CompleteAsync(name, newOrders: 1);
    }

    [Fact]
    public async Task The_next_run_completes_an_order_for_which_an_earlier_version_waited_for_the_owner()
    {
        var name = await RestoreAsync("waiting-for-owner");
        using (var engine = NewEngine())
        {
            var state = await engine.Certificates.ListAsync(null, CancellationToken.None).SingleAsync();
            Assert.Contains("email-reply-00", state.Order!.WaitsFor, StringComparison.Ordinal);
        }

        Ca.MakeValid(name);

        await CompleteAsync(name, newOrders: 0);
    }

    [Fact]
    public async Task A_key_whose_order_an_earlier_version_removed_is_removed()
    {
        var name = await RestoreAsync("key-without-order");
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(Rack.Location, "orders")));

        await CompleteAsync(name, newOrders: 0);
    }

    private async Task<CertificateEntry> CompleteAsync(string name, int newOrders)
    {
        using (var engine = NewEngine())
        {
            await engine.CleanUpLeftoversAsync(CancellationToken.None);
        }

        var entry = await IssueAsync(name);

        Assert.Equal(1, entry.LiveVersion);
        using (var material = await Rack.Certificates.ReadAsync(entry.Record.Id, entry.LiveVersion, CancellationToken.None))
        {
            Assert.Equal([name], material.Chain.LeafNames());
        }

        await AssertNothingIsLeftAsync(newOrders);
        return entry;
    }

    private async Task AssertNothingIsLeftAsync(int newOrders)
    {
        Assert.Equal(newOrders, Ca.Count(AcmeResource.NewOrder));
        Assert.Equal(0, Ca.Count(AcmeResource.NewAccount));
        Assert.Empty(await Rack.Orders.ListAsync(null, CancellationToken.None).ToListAsync());
        Assert.Empty(Directory.GetFiles(Path.Combine(Rack.Location, "orders")));
        Assert.Empty(Directory.GetFiles(WebRoot, "*", SearchOption.AllDirectories));
    }

    /// <summary>Restores a rack, the responses that it published, and the CA.</summary>
    /// <returns>The name of the certificate.</returns>
    private async Task<string> RestoreAsync(string sample)
    {
        await Task.Delay(Now - Clock.GetUtcNow(), Clock);
        using var engine = await StartAsync();
        var from = Path.Combine(Samples, sample);
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            await CopyAsync(file, Path.Combine(Rack.Location, GetTarget(Path.GetRelativePath(from, file))));
        }

        var account = (await Rack.Accounts.FindAsync(Ca.DirectoryUrl, CancellationToken.None))!;
        using var key = await Rack.Accounts.ReadKeyAsync(account.DirectoryUrl, CancellationToken.None);
        Ca.Restore(JsonNode.Parse(Replace(await File.ReadAllTextAsync(Path.Combine(from, "ca.json"))))!, key.ToPem());
        var order = await Rack.Orders.ListAsync(null, CancellationToken.None).FirstOrDefaultAsync();
        foreach (var response in order?.Published ?? [])
        {
            var file = Path.Combine(WebRoot, ".well-known", "acme-challenge", response.Token);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, response.Value);
        }

        var record = order?.Certificate
            ?? (await Rack.Certificates.ListAsync(null, CancellationToken.None).SingleAsync()).Record;
        return record.Domains[0];
    }

    private static string GetAccountFolder(Uri directoryUrl)
    {
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(directoryUrl.AbsoluteUri)))[..16].ToLowerInvariant();
        return $"{directoryUrl.IdnHost}-{hash}";
    }

    private string GetTarget(string path)
    {
        var earlier = Path.Combine("accounts", "ca.test");
        return path.StartsWith(earlier, StringComparison.Ordinal)
            ? Path.Combine("accounts", GetAccountFolder(Ca.DirectoryUrl), Path.GetRelativePath(earlier, path))
            : path;
    }

    private async Task CopyAsync(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        if (Path.GetExtension(from) == ".json")
        {
            await File.WriteAllTextAsync(to, Replace(await File.ReadAllTextAsync(from)));
        }
        else
        {
            File.Copy(from, to);
        }
    }

    private string Replace(string json) => json
        .Replace(EarlierAddress, Ca.DirectoryUrl.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)
        .Replace("/web-root", JsonEscape(WebRoot), StringComparison.Ordinal)
        .Replace("(root)", JsonEscape(File.ReadAllText(Ca.RootFile)), StringComparison.Ordinal);

    private static string JsonEscape(string text) => JsonValue.Create(text).ToJsonString().Trim('"');
}
