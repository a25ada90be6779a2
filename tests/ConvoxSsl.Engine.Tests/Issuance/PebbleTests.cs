using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Issuance;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Racks.Local;
using ConvoxSsl.TestKit;
using ConvoxSsl.TestKit.Pebble;

namespace ConvoxSsl.Engine.Tests.Issuance;

/// <summary>Issuance end to end against a real CA.</summary>
public sealed class PebbleTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _home = new();
    private readonly ChallengeSolvers _solvers = new();
    private readonly RecordedEvents _events = new();
    private readonly LocalRack _rack;
    private PebbleServer? _pebble;

    public PebbleTests() => _rack = new LocalRack("test", _home["rack"], TestDnsProviders.All);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _solvers.DisposeAsync();
        if (_pebble is not null)
        {
            await _pebble.DisposeAsync();
        }

        _home.Dispose();
    }

    [PebbleFact]
    public async Task Http01_issues_a_certificate_for_all_names()
    {
        using var engine = await StartAsync(new PebbleOptions());
        var entry = await engine.IssueAsync(Request("one.example.org", "two.example.org"), CancellationToken.None);

        Assert.Equal(["one.example.org", "two.example.org"], entry.Record.Domains);
        using var material = await _rack.Certificates.ReadAsync(entry.Record.Id, entry.LiveVersion, CancellationToken.None);
        Assert.True(material.Key!.Matches(material.Chain.Leaf));
        Assert.Equal(["one.example.org", "two.example.org"], material.Chain.LeafNames().Order());
        Assert.True(material.Chain.Certificates.Count >= 2);
        Assert.Null(await _rack.Orders.FindAsync(entry.Record.Id, CancellationToken.None));
    }

    [PebbleFact]
    public async Task TlsAlpn01_issues_a_certificate_for_all_names()
    {
        using var engine = await StartAsync(new PebbleOptions());
        var request = Request("one.example.org", "bücher.example.org");
        var entry = await engine.IssueAsync(
            request with { Settings = request.Settings with { ChallengeType = ChallengeTypes.TlsAlpn01 } }, CancellationToken.None);

        Assert.Equal(2, entry.Record.Domains.Count);
    }

    [PebbleTheory]
    [InlineData(ChallengeTypes.Http01)]
    [InlineData(ChallengeTypes.TlsAlpn01)]
    public async Task A_certificate_is_issued_for_an_IP_address(string challenge)
    {
        using var engine = await StartAsync(new PebbleOptions());
        var request = Request("127.0.0.1");
        var entry = await engine.IssueAsync(
            request with { Settings = request.Settings with { ChallengeType = challenge } }, CancellationToken.None);

        using var material = await _rack.Certificates.ReadAsync(entry.Record.Id, entry.LiveVersion, CancellationToken.None);
        Assert.Equal(["127.0.0.1"], material.Chain.LeafNames());
    }

    [PebbleTheory]
    [InlineData(KeyAlgorithm.EcdsaP256)]
    [InlineData(KeyAlgorithm.EcdsaP384)]
    [InlineData(KeyAlgorithm.Rsa2048)]
    public async Task Every_key_type_works_for_accounts_and_certificates(KeyAlgorithm algorithm)
    {
        using var engine = await StartAsync(new PebbleOptions { Strict = true });
        var request = Request("one.example.org");
        var entry = await engine.IssueAsync(
            request with
            {
                Settings = request.Settings with { KeyAlgorithm = algorithm },
                Account = request.Account with { KeyAlgorithm = algorithm },
            },
            CancellationToken.None);

        Assert.Equal(algorithm.ToString(), entry.Live.KeyAlgorithm);
    }

    [PebbleFact]
    public async Task Http01_works_with_the_web_root_of_another_server()
    {
        using var engine = await StartAsync(new PebbleOptions());
        await using var server = await StaticWebServer.StartAsync(_home.Path, _pebble!.HttpPort, CancellationToken.None);
        var request = Request("one.example.org");
        await engine.IssueAsync(request with { Settings = request.Settings with { WebRoot = _home.Path } }, CancellationToken.None);

        Assert.False(Directory.Exists(_home[".well-known"]));
    }

    [PebbleTheory]
    [InlineData(1, 9)]
    [InlineData(3, 13)]
    public async Task A_known_account_needs_nine_requests_and_two_more_for_each_further_name(int names, int most)
    {
        using (var first = await StartAsync(new PebbleOptions()))
        {
            await first.IssueAsync(Request("account.example.org"), CancellationToken.None);
        }

        // A briefly delayed CA is polled once more, so compare the best of three.
        var least = new List<string>();
        for (var attempt = 0; attempt < 3 && (attempt == 0 || least.Count > most); attempt++)
        {
            var before = _pebble!.Requests.Count;
            using var engine = NewEngine();
            await engine.IssueAsync(
                Request([.. Enumerable.Range(1, names).Select(i => $"host{attempt}-{i}.example.org")]), CancellationToken.None);
            least = [.. _pebble.Requests.Skip(before)];
        }

        Assert.Contains("POST /order-plz", least);
        Assert.True(least.Count <= most, string.Join(Environment.NewLine, least));
    }

    [PebbleFact]
    public async Task Issuance_succeeds_while_half_of_all_nonces_are_rejected()
    {
        using var engine = await StartAsync(new PebbleOptions { RejectedNonces = 50, Strict = true });
        var entry = await engine.IssueAsync(Request("one.example.org", "two.example.org"), CancellationToken.None);

        Assert.Equal(1, entry.LiveVersion);
    }

    [PebbleFact]
    public async Task Valid_authorizations_are_reused()
    {
        using var engine = await StartAsync(new PebbleOptions { ReusedAuthorizations = 100 });
        await engine.IssueAsync(Request("one.example.org"), CancellationToken.None);
        var before = _pebble!.Requests.Count;
        await engine.IssueAsync(Request("one.example.org") with { Force = true }, CancellationToken.None);

        Assert.DoesNotContain(_pebble.Requests.Skip(before), r => r.Contains("/chalZ/", StringComparison.Ordinal));
    }

    [PebbleFact]
    public async Task A_preferred_chain_is_found_among_the_alternates()
    {
        using var engine = await StartAsync(new PebbleOptions { AlternateRoots = 2 });
        var plain = await engine.IssueAsync(Request("one.example.org"), CancellationToken.None);
        var endings = new HashSet<string> { await ReadRootNameAsync(plain) };
        var request = Request("two.example.org");
        foreach (var root in await RootNamesAsync())
        {
            var entry = await engine.IssueAsync(
                request with { Force = true, Settings = request.Settings with { PreferredChain = root } }, CancellationToken.None);
            Assert.Equal(root, await ReadRootNameAsync(entry));
            endings.Add(root);
        }

        Assert.Equal(3, endings.Count);
    }

    [PebbleFact]
    public async Task A_required_external_account_is_bound()
    {
        using var engine = await StartAsync(new PebbleOptions { ExternalAccountRequired = true });
        var request = Request("one.example.org");
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => engine.IssueAsync(request, CancellationToken.None));
        Assert.Equal("ExternalAccountRequired", error.Code);

        var bound = request with
        {
            Account =
                request.Account with { ExternalAccount = new ExternalAccount(PebbleOptions.ExternalKeyId, PebbleOptions.ExternalMacKey) },
        };
        await engine.IssueAsync(bound, CancellationToken.None);
        Assert.Equal(
            PebbleOptions.ExternalKeyId,
            (await _rack.Accounts.FindAsync(_pebble!.DirectoryUrl, CancellationToken.None))!.ExternalAccountKeyId);
    }

    [PebbleFact]
    public async Task A_certificate_is_renewed_revoked_and_removed()
    {
        using var engine = await StartAsync(new PebbleOptions { Strict = true });
        var first = await engine.IssueAsync(Request("one.example.org"), CancellationToken.None);
        var same = await engine.IssueAsync(Request("one.example.org"), CancellationToken.None);
        Assert.Equal(first.Live.SerialNumber, same.Live.SerialNumber);

        var renewed = await engine.RenewAsync(first.Record.Id, new RenewalRequest { Force = true }, CancellationToken.None);
        Assert.Equal(2, renewed.LiveVersion);
        Assert.NotEqual(first.Live.SerialNumber, renewed.Live.SerialNumber);

        var revoked = await engine.Certificates.RevokeAsync(
            first.Record.Id, RevocationReason.Superseded, null, null, CancellationToken.None);
        Assert.NotNull(revoked.Live.Revoked);
        Assert.True(engine.Renewals.IsDue(revoked));

        await engine.Certificates.RemoveAsync(first.Record.Id, CancellationToken.None);
        Assert.Null(await _rack.Certificates.FindAsync(first.Record.Id, CancellationToken.None));
    }

    [PebbleFact]
    public async Task The_key_of_a_certificate_revokes_it_without_an_account()
    {
        using var engine = await StartAsync(new PebbleOptions());
        var entry = await engine.IssueAsync(Request("one.example.org"), CancellationToken.None);
        await engine.Accounts.RemoveAsync(_pebble!.DirectoryUrl, keepAtCa: true, CancellationToken.None);

        using var other = NewEngine();
        var revoked = await other.Certificates.RevokeAsync(
            entry.Record.Id, RevocationReason.KeyCompromise, null, File.ReadAllText(_pebble.RootFile), CancellationToken.None);
        Assert.Equal(nameof(RevocationReason.KeyCompromise), revoked.Live.RevocationReason);
    }

    [PebbleFact]
    public async Task An_account_is_updated_rekeyed_and_deactivated()
    {
        using var engine = await StartAsync(new PebbleOptions { Strict = true });
        var url = _pebble!.DirectoryUrl;
        var session = await engine.Accounts.OpenAsync(url, Request("one.example.org").Account, CancellationToken.None);
        Assert.Equal(["mailto:admin@example.org"], (await session.GetAccountAsync(CancellationToken.None)).Contact);

        await engine.Accounts.UpdateAsync(url, ["other@example.org"], CancellationToken.None);
        Assert.Equal(["mailto:other@example.org"], (await session.GetAccountAsync(CancellationToken.None)).Contact);

        using var oldKey = await _rack.Accounts.ReadKeyAsync(url, CancellationToken.None);
        await engine.Accounts.ChangeKeyAsync(url, KeyAlgorithm.EcdsaP384, CancellationToken.None);
        using var newKey = await _rack.Accounts.ReadKeyAsync(url, CancellationToken.None);
        Assert.NotEqual(oldKey.ToPem(), newKey.ToPem());
        Assert.Null(await _rack.Accounts.ReadNextKeyAsync(url, CancellationToken.None));
        await engine.IssueAsync(Request("one.example.org"), CancellationToken.None);

        await engine.Accounts.RemoveAsync(url, keepAtCa: false, CancellationToken.None);
        Assert.Null(await _rack.Accounts.FindAsync(url, CancellationToken.None));
    }

    [PebbleFact]
    public async Task A_name_that_fails_validation_is_reported_with_the_reason()
    {
        using var engine = await StartAsync(new PebbleOptions());
        var request = Request("one.example.org");
        var failure = await Assert.ThrowsAsync<AcmeException>(() =>
            engine.IssueAsync(request with { Settings = request.Settings with { HttpPort = FreePort.Next() } }, CancellationToken.None));

        Assert.Equal("connection", failure.Problem.ShortType);
        Assert.Contains("one.example.org", failure.Message, StringComparison.Ordinal);
        Assert.Empty(await _rack.Certificates.ListAsync(null, CancellationToken.None).ToListAsync());
        Assert.True(
            Assert.Single(
                await _rack.Orders.ListAsync(null, CancellationToken.None).ToListAsync()) is { IsEnded: true, Published.Count: 0 });
    }

    [PebbleFact]
    public async Task Eight_concurrent_requests_for_the_same_names_order_once()
    {
        using var engine = await StartAsync(new PebbleOptions());
        var entries = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => engine.IssueAsync(Request("one.example.org"), CancellationToken.None)));

        Assert.Single(entries.Select(e => e.Live.SerialNumber).Distinct());
        Assert.Single(_pebble!.Requests, r => r.EndsWith("/order-plz", StringComparison.Ordinal));
    }

    [PebbleFact]
    public async Task Eight_concurrent_requests_share_the_listener()
    {
        using var engine = await StartAsync(new PebbleOptions());
        var entries = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => engine.IssueAsync(Request($"host{i}.example.org"), CancellationToken.None)));

        Assert.Equal(8, entries.Select(e => e.Record.Id).Distinct().Count());
    }

    private async Task<string> ReadRootNameAsync(CertificateEntry entry)
    {
        using var material = await _rack.Certificates.ReadAsync(entry.Record.Id, entry.LiveVersion, CancellationToken.None);
        return material.Chain.Certificates[^1].GetNameInfo(
            System.Security.Cryptography.X509Certificates.X509NameType.SimpleName, forIssuer: true);
    }

    /// <summary>Reads the roots from Pebble's management interface.</summary>
    private async Task<IReadOnlyList<string>> RootNamesAsync()
    {
        var names = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            using var root = await _pebble!.GetRootAsync(i, CancellationToken.None);
            names.Add(root.GetNameInfo(System.Security.Cryptography.X509Certificates.X509NameType.SimpleName, forIssuer: false));
        }

        return names;
    }

    private async Task<IssuanceEngine> StartAsync(PebbleOptions options)
    {
        _pebble = await PebbleServer.StartAsync(options, CancellationToken.None);
        return NewEngine();
    }

    private IssuanceEngine NewEngine() => new(_rack, _solvers, TimeProvider.System, _events);

    private IssueRequest Request(params string[] names) => new()
    {
        Names = CertificateNameSet.Parse(names),
        Issuer = Issuer.Parse(_pebble!.DirectoryUrl.AbsoluteUri),
        Settings = new IssuanceSettings { HttpPort = _pebble.HttpPort, TlsPort = _pebble.TlsPort },
        Account = new AccountRequest
        {
            AcceptTermsOfService = true,
            Contact = ["admin@example.org"],
            CaCertificate = File.ReadAllText(_pebble.RootFile),
        },
    };
}
