using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Racks.Local;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Engine.Tests.Racks;

/// <summary>Behaviour that only a local rack has.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class LocalRackTests : RackContract, IDisposable
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly TemporaryDirectory _home = new();

    public LocalRackTests() => Rack = new LocalRack("local", Root, TestDnsProviders.All);

    protected override IRack Rack { get; }

    private string Root => _home["rack"];

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Reading_a_missing_rack_creates_nothing()
    {
        Assert.Empty(await Rack.Certificates.ListAsync(null, default).ToListAsync());
        Assert.Null(await Rack.Certificates.FindAsync("cert-a", default));
        Assert.False(Directory.Exists(Root));
    }

    [Fact]
    public async Task The_layout_is_the_documented_one()
    {
        using var material = Material("www.example.org");
        var entry = await AddAsync("cert-a", material);

        Assert.Equal(Path.Combine(Root, "certificates", "cert-a", "versions", "1"), entry.Path);
        Assert.Equal("versions/1", new FileInfo(Path.Combine(Root, "certificates", "cert-a", "live")).LinkTarget);
        Assert.Equal(
            ["cert.pem", "chain.pem", "fullchain.pem", "fullchain.pfx", "privkey.pem"],
            Directory.GetFiles(entry.Path!).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Contains("\"format\": 1", await File.ReadAllTextAsync(Path.Combine(Root, "rack.json")), StringComparison.Ordinal);
        Assert.Contains(
            "\"id\": \"cert-a\"",
            await File.ReadAllTextAsync(Path.Combine(Root, "certificates", "cert-a", "certificate.json")),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Solver_members_from_another_version_are_preserved()
    {
        await Rack.PrepareAsync(default);
        var file = Path.Combine(Root, "solvers.json");
        await File.WriteAllTextAsync(
            file,
            """
            {"note":"ours","solvers":[{"id":1,"dnsZones":["example.org"],"cloudflare":{"later":{"a":1}},"weight":[2]},
            {"id":2,"dnsZones":["example.net"],"route53":{}}]}
            """);
        var first = (await Rack.DnsSolvers.ListAsync(default))[0];

        await Rack.DnsSolvers.SaveAsync(
            first with { DnsZones = ["example.com"], VaultSecret = new VaultSecret("cloudflare", null) }, null, default);
        await Rack.DnsSolvers.RemoveAsync(2, default);

        var document = JsonNode.Parse(await File.ReadAllTextAsync(file));
        var expected = JsonNode.Parse(
            """
            {"note":"ours","solvers":[{"id":1,"dnsZones":["example.com"],"cloudflare":{"later":{"a":1}},"weight":[2],
            "vaultSecret":{"name":"cloudflare"}}]}
            """);
        Assert.True(JsonNode.DeepEquals(expected, document), document?.ToJsonString());
    }

    [Fact]
    public async Task Only_the_owner_can_read_any_file_at_any_time()
    {
        var modes = new ConcurrentDictionary<string, UnixFileMode>();
        using var stop = new CancellationTokenSource();
        await Rack.PrepareAsync(default);
        var watcher = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                NoteModes(modes);
            }
        });
        for (var i = 0; i < 10; i++)
        {
            using var material = Material("www.example.org");
            await AddAsync("cert-a", material, keep: 2);
            await Rack.Accounts.SaveAsync(
                new AccountRecord { DirectoryUrl = new Uri("https://ca.example/"), Created = Now }, material.Key!, default);
            await Rack.Orders.CreateAsync(
                new OrderRecord { Certificate = Record("cert-a"), Started = Now, AccountUrl = new Uri("https://ca.example/1") },
                material.Key,
                default);
        }

        await stop.CancelAsync();
        await watcher;
        NoteModes(modes);
        Assert.Contains(modes.Keys, f => f.EndsWith("privkey.pem", StringComparison.Ordinal));
        Assert.Contains(
            modes.Keys, f => f.EndsWith("key.pem", StringComparison.Ordinal) && f.Contains("accounts", StringComparison.Ordinal));
        Assert.Contains(modes.Keys, f => f.EndsWith("cert-a.key.pem", StringComparison.Ordinal));
        Assert.All(modes, file => Assert.Equal(UnixFileMode.None, file.Value & Others));
    }

    [Fact]
    public async Task A_reader_never_sees_a_certificate_with_another_key()
    {
        using var first = Material("www.example.org");
        await AddAsync("cert-a", first);
        var writer = Task.Run(async () =>
        {
            for (var i = 0; i < 40; i++)
            {
                using var material = Material("www.example.org");
                await AddAsync("cert-a", material, keep: 100);
            }
        });
        var reads = 0;
        while (!writer.IsCompleted)
        {
            var entry = (await Rack.Certificates.FindAsync("cert-a", default))!;
            using var key = PrivateKey.FromPem(await File.ReadAllTextAsync(Path.Combine(entry.Path!, "privkey.pem")));
            using var chain = CertificateChain.FromPem(await File.ReadAllTextAsync(Path.Combine(entry.Path!, "cert.pem")));
            Assert.True(key.Matches(chain.Leaf));
            Assert.Equal(entry.Live.SerialNumber, chain.Leaf.SerialNumber);

            // One file with both, so that it is consistent even for a reader who does not resolve the link first.
            var (archived, archivedKey) = Pfx.Read(
                await File.ReadAllBytesAsync(Path.Combine(Root, "certificates", "cert-a", "live", "fullchain.pfx")), []);
            Assert.True(archivedKey.Matches(archived.Leaf));
            archived.Dispose();
            archivedKey.Dispose();
            reads++;
        }

        await writer;
        Assert.True(reads > 10);
    }

    [Theory]
    [InlineData("rack.json", "rack")]
    [InlineData("solvers.json", "solvers")]
    [InlineData("webhook.json", "webhook")]
    [InlineData("limits.json", "limits")]
    public async Task A_file_that_another_process_is_writing_is_kept_until_its_lock_is_free(string file, string name)
    {
        await Rack.PrepareAsync(default);
        var unfinished = Path.Combine(Root, $"{file}.1.unfinished");
        await using (await Rack.LockAsync(name, null, default))
        {
            await File.WriteAllTextAsync(unfinished, "{");
            await Rack.PrepareAsync(default);
            Assert.True(File.Exists(unfinished));
        }

        await Rack.PrepareAsync(default);
        Assert.False(File.Exists(unfinished));
    }

    [Fact]
    public async Task Leftovers_of_a_killed_writer_are_ignored_and_removed()
    {
        using var material = Material("www.example.org");
        await AddAsync("cert-a", material);
        var certificate = Path.Combine(Root, "certificates", "cert-a");
        foreach (var leftover in new[] { "versions/2.unfinished", "versions/2", "../.removed-1" })
        {
            Directory.CreateDirectory(Path.Combine(certificate, leftover));
            await File.WriteAllTextAsync(Path.Combine(certificate, leftover, "privkey.pem"), "half a k");
        }

        await File.WriteAllTextAsync(Path.Combine(certificate, "certificate.json.1.unfinished"), "{");
        File.CreateSymbolicLink(Path.Combine(certificate, "live.1.unfinished"), "versions/2");

        Assert.Equal(1, (await Rack.Certificates.FindAsync("cert-a", default))!.LiveVersion);
        Assert.Single(await Rack.Certificates.ListAsync(e => Assert.Fail(e.Message), default).ToListAsync());
        Assert.Equal(2, (await AddAsync("cert-a", material)).LiveVersion);
        Assert.Equal(
            ["certificate.json", "live", "versions"],
            Directory.GetFileSystemEntries(certificate).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["1", "2"],
            Directory.GetDirectories(Path.Combine(certificate, "versions")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(["cert-a"], Directory.GetDirectories(Path.Combine(Root, "certificates")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_version_that_a_killed_writer_did_not_make_live_is_not_stored_twice()
    {
        using var first = Material("www.example.org");
        using var second = Material("www.example.org");
        await AddAsync("cert-a", first);
        await AddAsync("cert-a", second);
        var live = Path.Combine(Root, "certificates", "cert-a", "live");
        File.Delete(live);
        File.CreateSymbolicLink(live, "versions/1");

        var entry = await AddAsync("cert-a", second);
        Assert.Equal(2, entry.LiveVersion);
        Assert.Equal([1, 2], entry.Versions.Select(v => v.Number));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("null")]
    public async Task A_damaged_certificate_is_reported_and_does_not_hide_others(string contents)
    {
        using var material = Material("www.example.org");
        await AddAsync("cert-a", material);
        await AddAsync("cert-b", material);
        await File.WriteAllTextAsync(Path.Combine(Root, "certificates", "cert-a", "certificate.json"), contents);

        var errors = new List<EngineException>();
        var ids = await Rack.Certificates.ListAsync(errors.Add, default).Select(e => e.Record.Id).ToListAsync();
        Assert.Equal(["cert-b"], ids);
        Assert.Equal("CertificateDamaged", Assert.Single(errors).Code);
    }

    [Fact]
    public async Task Many_certificates_are_listed_in_order_and_a_damaged_one_is_reported_in_its_place()
    {
        using var material = Material("www.example.org");
        await AddAsync("cert-000", material);
        var folder = Path.Combine(Root, "certificates");
        var json = await File.ReadAllTextAsync(Path.Combine(folder, "cert-000", "certificate.json"));
        for (var i = 1; i < 500; i++)
        {
            var directory = Directory.CreateDirectory(Path.Combine(folder, $"cert-{i:000}", "versions", "1")).Parent!.Parent!.FullName;
            await File.WriteAllTextAsync(
                Path.Combine(directory, "certificate.json"),
                i == 250 ? "{" : json.Replace("cert-000", $"cert-{i:000}", StringComparison.Ordinal));
            File.CreateSymbolicLink(Path.Combine(directory, "live"), "versions/1");
        }

        var reported = new List<string>();
        await foreach (var entry in Rack.Certificates.ListAsync(damage => reported.Add($"damaged {damage.Value}"), default))
        {
            reported.Add(entry.Record.Id);
        }

        Assert.Equal(Enumerable.Range(0, 500).Select(i => i == 250 ? "damaged cert-250" : $"cert-{i:000}"), reported);
    }

    [Fact]
    public async Task A_missing_link_is_reported()
    {
        using var material = Material("www.example.org");
        await AddAsync("cert-a", material);
        File.Delete(Path.Combine(Root, "certificates", "cert-a", "live"));

        var error = await Assert.ThrowsAsync<EngineException>(() => Rack.Certificates.FindAsync("cert-a", default));
        Assert.Contains("live", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/below")]
    public async Task A_file_is_not_a_rack(string below)
    {
        await File.WriteAllTextAsync(Root, "a file");
        var error = await Assert.ThrowsAsync<InvalidInputException>(() =>
            new LocalRack("local", Root + below, TestDnsProviders.All).PrepareAsync(default));

        Assert.Equal("InvalidRack", error.Code);
        Assert.Equal("a file", await File.ReadAllTextAsync(Root));
    }

    [Fact]
    public async Task Readers_and_writers_refuse_a_newer_rack()
    {
        Directory.CreateDirectory(Root);
        await File.WriteAllTextAsync(Path.Combine(Root, "rack.json"), "{\"format\":99}");

        Assert.Equal("RackTooNew", (await Assert.ThrowsAsync<EngineException>(() => Rack.PrepareAsync(default))).Code);
        Assert.Equal("RackTooNew", (await Assert.ThrowsAsync<EngineException>(() => Rack.Certificates.FindAsync("cert-a", default))).Code);
        Assert.Equal(
            "RackTooNew",
            (await Assert.ThrowsAsync<EngineException>(async () => await Rack.Certificates.ListAsync(null, default).ToListAsync())).Code);
        Assert.Equal(["rack.json"], Directory.GetFileSystemEntries(Root).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("{\"format\":0}")]
    public async Task A_damaged_rack_file_is_reported(string contents)
    {
        Directory.CreateDirectory(Root);
        await File.WriteAllTextAsync(Path.Combine(Root, "rack.json"), contents);
        Assert.Equal("RackDamaged", (await Assert.ThrowsAsync<EngineException>(() => Rack.PrepareAsync(default))).Code);
    }

    [Fact]
    public async Task A_read_only_rack_is_refused_before_any_write_even_for_the_superuser()
    {
        Directory.CreateDirectory(Root);
        File.SetUnixFileMode(Root, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var error = await Assert.ThrowsAsync<EngineException>(() => Rack.PrepareAsync(default));
        File.SetUnixFileMode(Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        Assert.Equal("RackNotWritable", error.Code);
        Assert.Empty(Directory.GetFileSystemEntries(Root));
    }

    [Fact]
    public async Task A_cancelled_change_keeps_the_previous_version()
    {
        using var material = Material("www.example.org");
        await AddAsync("cert-a", material);
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Rack.Certificates.AddVersionAsync(Record("cert-a"), material, Now, Now, 3, stopped.Token));

        Assert.Equal([1], (await Rack.Certificates.FindAsync("cert-a", default))!.Versions.Select(v => v.Number));
        Assert.Equal(["1"], Directory.GetDirectories(Path.Combine(Root, "certificates", "cert-a", "versions")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Keys_are_only_in_files_named_for_them()
    {
        using var material = Material("www.example.org");
        await AddAsync("cert-a", material);
        await Rack.Orders.CreateAsync(
            new OrderRecord { Certificate = Record("cert-a"), Started = Now, AccountUrl = new Uri("https://ca.example/1") },
            material.Key,
            default);
        var secret = material.Key!.ToPem().Split('\n')[1];
        var holders = Directory.GetFiles(Root, "*", SearchOption.AllDirectories)
            .Where(f => File.ReadAllText(f, Encoding.Latin1).Contains(secret, StringComparison.Ordinal));
        Assert.Equal(["cert-a.key.pem", "privkey.pem"], holders.Select(Path.GetFileName).Distinct().Order(StringComparer.Ordinal));
    }

    private void NoteModes(ConcurrentDictionary<string, UnixFileMode> seen)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(
            Root, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }))
        {
            try
            {
                // The mode of a link is meaningless; its target is checked separately.
                if (new FileInfo(path).LinkTarget is null)
                {
                    seen.AddOrUpdate(path, _ => File.GetUnixFileMode(path), (_, before) => before | File.GetUnixFileMode(path));
                }
            }
            catch (IOException)
            {
            }
        }
    }
}
