using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Providers.Cloudflare;
using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.Engine.Dns.Providers.Scripts;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Kubernetes.Solvers;
using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Kubernetes.Tests.Solvers;

public sealed class SolverStoreWithCertManager110Tests() : SolverStoreTests(
    () => KubernetesTestServers.CurrentAsync(CertManagerVersion.V1_10_2));

public sealed class SolverStoreWithCertManager121Tests() : SolverStoreTests(
    () => KubernetesTestServers.CurrentAsync(CertManagerVersion.V1_21_1));

public sealed class SolverStoreOnScriptedServerTests() : SolverStoreTests(() => KubernetesTestServers.ScriptedAsync());

/// <summary>The solvers of a rack, on each API server and with each cert-manager version.</summary>
public abstract class SolverStoreTests(Func<Task<KubernetesTestServer>> server) : IAsyncLifetime
{
    private const string FromConvox = """
        {"role":"arn:aws:iam::123456789012:role/cert-manager","solvers":[
          {"id":3,"dns-zones":["Example.ORG."],"route53":{"hosted-zone-id":"Z3","region":"us-west-2",
           "role":"arn:aws:iam::123456789012:role/three"}},
          {"id":1,"dns-zones":["example.com","example.net"],"route53":{"hosted-zone-id":"","region":"us-east-1",
           "role":"arn:aws:iam::123456789012:role/one"}}]}
        """;

    private SolverCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await SolverCluster.StartAsync(await server());

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Solvers_written_by_Convox_are_read()
    {
        await _cluster.Convox.ApplyAsync(FromConvox);

        var listed = await _cluster.Store.ListAsync(default);
        Assert.Equal("1 example.com,example.net; 3 example.org", await _cluster.DescribeListedAsync());
        Assert.Equal(new Route53Settings { Region = "us-east-1", Role = "arn:aws:iam::123456789012:role/one" }, listed[0].Settings);
        Assert.Equal(
            new Route53Settings { HostedZoneId = "Z3", Region = "us-west-2", Role = "arn:aws:iam::123456789012:role/three" },
            listed[1].Settings);
        Assert.Equal(string.Empty, await _cluster.DescribeDetachedAsync());
        Assert.Equal("arn:aws:iam::123456789012:role/cert-manager", await _cluster.Store.FindRoleAsync(default));
    }

    [Fact]
    public async Task A_change_preserves_everything_else_in_Convoxs_list_and_in_the_issuer()
    {
        const string Config = """
            {"z-first":[1,2.50],"role":"r","solvers":[
              {"note":{"by":"ops"},"id":9,"dns-zones":["z.example"],"google":{"project":"p"}},
              {"id":2,"dns-zones":["b.example","a.example"],"route53":{"region":"eu-west-1",
               "role":"arn:aws:iam::123456789012:role/b","extra":true},"comment":"ours"},
              {"id":1,"dns-zones":["c.example"],"route53":{"hosted-zone-id":"Z1","region":"eu-west-1",
               "role":"arn:aws:iam::123456789012:role/c"}}],"last":null}
            """;
        await _cluster.Convox.ApplyAsync(Config);
        var foreign = JsonNode.Parse("""
            [{"http01":{"ingress":{"class":"nginx"}}},
             {"dns01":{"cloudDNS":{"project":"p"}},"selector":{"dnsZones":["a.example","b.example"]}},
             {"dns01":{"cnameStrategy":"Follow","route53":{"region":"eu-west-1","role":"arn:aws:iam::123456789012:role/b",
              "secretAccessKeySecretRef":{"name":"s"}}},"selector":{"matchLabels":{"x":"y"},"dnsZones":["a.example","b.example"]}},
             {"dns01":{"route53":{"region":"eu-west-1"}},"selector":{"dnsZones":["other.example"]}},
             {"dns01":{"route53":{"region":"eu-west-1","hostedZoneID":"Z1","role":"arn:aws:iam::123456789012:role/c"}},
              "selector":{"dnsZones":["c.example"]}}]
            """)!.AsArray();
        await _cluster.Admin.PatchAsync(
            SolverCluster.Issuer,
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["their/note"] = "1" } },
                ["spec"] = new JsonObject { ["acme"] = new JsonObject { ["solvers"] = foreign.DeepClone() } },
            },
            default);

        var solver = (await _cluster.Store.ListAsync(default)).Single(s => s.Id == 2);
        await _cluster.Store.SaveAsync(
            solver with
            {
                DnsZones = ["new.example"],
                Settings = (Route53Settings)solver.Settings! with { HostedZoneId = "Z2", Region = "eu-central-1" },
            },
            null,
            default);

        var expected = JsonNode.Parse(Config)!;
        expected["solvers"]![1]!["dns-zones"] = new JsonArray("new.example");
        expected["solvers"]![1]!["route53"]!["region"] = "eu-central-1";
        expected["solvers"]![1]!["route53"]!["hosted-zone-id"] = "Z2";
        var config = await _cluster.ConfigAsync();
        Assert.True(JsonNode.DeepEquals(expected, config), config.ToJsonString());
        Assert.Equal(["z-first", "role", "solvers", "last"], config.Select(m => m.Key));

        foreign[2]!["selector"]!["dnsZones"] = new JsonArray("new.example");
        foreign[2]!["dns01"]!["route53"]!["region"] = "eu-central-1";
        foreign[2]!["dns01"]!["route53"]!["hostedZoneID"] = "Z2";
        var issuer = await _cluster.Admin.GetAsync(SolverCluster.Issuer, default);
        Assert.True(JsonNode.DeepEquals(foreign, issuer["spec"]!["acme"]!["solvers"]), issuer.ToJsonString());
        Assert.Equal("1", (string?)issuer["metadata"]!["annotations"]!["their/note"]);
        Assert.Equal("ops@convox.com", (string?)issuer["spec"]!["acme"]!["email"]);

        await _cluster.Store.RemoveAsync(2, default);
        expected["solvers"]!.AsArray().RemoveAt(1);
        foreign.RemoveAt(2);
        Assert.True(JsonNode.DeepEquals(expected, await _cluster.ConfigAsync()));
        Assert.True(JsonNode.DeepEquals(foreign, await _cluster.IssuerSolversAsync()));
    }

    [Theory]
    [InlineData(null, "api-token")]
    [InlineData("you@example.org", "api-key")]
    public async Task A_Cloudflare_credential_is_only_in_its_own_Secret_and_in_the_backup(string? email, string key)
    {
        await _cluster.Convox.ApplyAsync(FromConvox);
        var solver = SolverCluster.Cloudflare(7, "example.dev") with { Settings = new CloudflareSettings { Email = email } };
        await _cluster.Store.SaveAsync(solver, new DnsSecret("very-secret"), default);

        Assert.Equal("very-secret", await _cluster.ValueAsync("cert-manager", "cloudflare-dns-credential-7", key));
        Assert.Equal(email, await _cluster.ValueAsync("cert-manager", "cloudflare-dns-credential-7", "email"));
        var entry = (await _cluster.ConfigAsync())["solvers"]![2]!;
        Assert.True(
            JsonNode.DeepEquals(
                JsonNode.Parse(
                    $$"""{"id":7,"dns-zones":["example.dev"],"cloudflare":{{(email is null ? "{}" : $"{{\"email\":\"{email}\"}}")}}}"""),
                entry),
            entry.ToJsonString());
        var reference = new JsonObject { ["name"] = "cloudflare-dns-credential-7", ["key"] = key };
        var cloudflare = email is null
            ? new JsonObject { ["apiTokenSecretRef"] = reference }
            : new JsonObject { ["apiKeySecretRef"] = reference, ["email"] = email };
        Assert.True(
            JsonNode.DeepEquals(cloudflare, (await _cluster.IssuerSolversAsync())[3]!["dns01"]!["cloudflare"]),
            (await _cluster.IssuerSolversAsync()).ToJsonString());
        Assert.Equal("very-secret", (await _cluster.Store.ReadSecretAsync(solver, default))!.Value);
        foreach (var text in new[] { await _cluster.ConfigTextAsync(), (await _cluster.IssuerSolversAsync()).ToJsonString() })
        {
            Assert.DoesNotContain("very-secret", text, StringComparison.Ordinal);
        }

        // The other kind of credential replaces the first completely.
        var other = solver with { Settings = new CloudflareSettings { Email = email is null ? "me@example.org" : null } };
        await _cluster.Store.SaveAsync(other, new DnsSecret("another"), default);
        Assert.Null(await _cluster.ValueAsync("cert-manager", "cloudflare-dns-credential-7", key));
        Assert.Equal("another", (await _cluster.Store.ReadSecretAsync(other, default))!.Value);
        Assert.Equal(string.Empty, await _cluster.DescribeDetachedAsync());

        await _cluster.Store.RemoveAsync(7, default);
        Assert.Null(await _cluster.Admin.FindAsync("/api/v1/namespaces/cert-manager/secrets/cloudflare-dns-credential-7", default));
        Assert.Null(await _cluster.Store.ReadSecretAsync(other, default));
        Assert.Equal("route53 Example.ORG.; route53 example.com,example.net", await _cluster.DescribeAttachedAsync());
    }

    [Fact]
    public async Task Convox_can_apply_its_list_without_force_after_the_module_created_or_changed_it()
    {
        await _cluster.Convox.StartAsync("""{"solvers":null}""");
        await _cluster.Store.SaveAsync(SolverCluster.Route53(1, "example.org"), null, default);
        var created = await _cluster.ConfigTextAsync();
        await _cluster.Convox.ApplyAsync(ConvoxApi.RoundTrip(created).Replace("example.org", "example.com", StringComparison.Ordinal));
        Assert.Equal("1 example.com", await _cluster.DescribeListedAsync());

        await _cluster.Store.SaveAsync(SolverCluster.Route53(2, "example.net"), null, default);
        await _cluster.Convox.ApplyAsync(
            ConvoxApi.RoundTrip(await _cluster.ConfigTextAsync()).Replace("example.net", "example.dev", StringComparison.Ordinal));

        Assert.Equal("1 example.com; 2 example.dev", await _cluster.DescribeListedAsync());
        var labels = (
            await _cluster.Admin.GetAsync("/api/v1/namespaces/cert-manager/secrets/letsencrypt-config", default))["metadata"]!["labels"]!;
        Assert.Equal(("convox", "test"), ((string?)labels["system"], (string?)labels["rack"]));
    }

    [Fact]
    public async Task The_list_is_read_after_another_version_of_Convox_dropped_unknown_fields()
    {
        await _cluster.Convox.StartAsync("""{"solvers":[]}""");
        await _cluster.Store.SaveAsync(SolverCluster.Cloudflare(2, "example.net"), new DnsSecret("token"), default);
        await _cluster.Convox.ApplyAsync(
            ConvoxApi.RoundTrip(await _cluster.ConfigTextAsync()).Replace("example.net", "example.dev", StringComparison.Ordinal));

        var solver = Assert.Single(await _cluster.Store.ListAsync(default));
        Assert.Equal(("example.dev", (DnsProviderSettings?)new CloudflareSettings()), (solver.DnsZones[0], solver.Settings));
        Assert.Equal("2", await _cluster.DescribeDetachedAsync());
        await _cluster.Store.SaveAsync(solver, null, default);
        Assert.Equal(string.Empty, await _cluster.DescribeDetachedAsync());
        Assert.NotNull((await _cluster.ConfigAsync())["solvers"]![0]!["cloudflare"]);
    }

    [Fact]
    public async Task Solvers_lost_in_an_upgrade_of_cert_manager_are_detached_and_restored_with_their_credentials()
    {
        await _cluster.Convox.StartAsync("""{"solvers":[]}""");
        await _cluster.Store.SaveAsync(SolverCluster.Route53(1, "example.org"), null, default);
        await _cluster.Store.SaveAsync(SolverCluster.Cloudflare(2, "example.net"), new DnsSecret("token"), default);
        Assert.Equal(string.Empty, await _cluster.DescribeDetachedAsync());

        await _cluster.UpgradeCertManagerAsync();
        Assert.Equal("1,2", await _cluster.DescribeDetachedAsync());
        await _cluster.Convox.StartAsync("""{"solvers":[]}""");
        Assert.Equal("1 example.org; 2 example.net", await _cluster.DescribeListedAsync());
        Assert.Equal("1,2", await _cluster.DescribeDetachedAsync());
        Assert.Equal("token", (await _cluster.Store.ReadSecretAsync(SolverCluster.Cloudflare(2, "example.net"), default))!.Value);

        foreach (var solver in await _cluster.Store.ListAsync(default))
        {
            await _cluster.Store.SaveAsync(solver, null, default);
        }

        Assert.Equal(string.Empty, await _cluster.DescribeDetachedAsync());
        Assert.Equal("route53 example.org; cloudflare example.net", await _cluster.DescribeAttachedAsync());
        Assert.Equal("token", await _cluster.ValueAsync("cert-manager", "cloudflare-dns-credential-2", "api-token"));
        Assert.Equal([1, 2], (await _cluster.ConfigAsync())["solvers"]!.AsArray().Select(s => (int)s!["id"]!));
    }

    [Fact]
    public async Task Concurrent_additions_of_solvers_lose_none()
    {
        await _cluster.Convox.StartAsync("""{"solvers":[]}""");
        var solvers = Enumerable.Range(1, 6)
            .Select(id => id % 2 == 0 ? SolverCluster.Cloudflare(id, $"zone{id}.example") : SolverCluster.Route53(id, $"zone{id}.example"))
            .ToList();
        var stores = solvers.ToDictionary(s => s.Id, _ => _cluster.NewStore());
        await Task.WhenAll(
            solvers.Select(
                s =>
                    Task.Run(() =>
                        stores[s.Id].SaveAsync(s, s.Settings is not CloudflareSettings ? null : new DnsSecret($"token-{s.Id}"), default))));

        Assert.Equal([1, 2, 3, 4, 5, 6], (await _cluster.ConfigAsync())["solvers"]!.AsArray().Select(s => (int)s!["id"]!).Order());
        Assert.Equal(string.Empty, await _cluster.DescribeDetachedAsync());
        Assert.Equal(7, (await _cluster.IssuerSolversAsync()).Count);
        await _cluster.UpgradeCertManagerAsync();
        Assert.Equal([1, 2, 3, 4, 5, 6], (await _cluster.Store.ListAsync(default)).Select(s => s.Id));
        Assert.Equal("token-4", (await _cluster.Store.ReadSecretAsync(solvers[3], default))!.Value);
    }

    [Fact]
    public async Task A_credential_moved_to_a_vault_is_removed_from_cert_manager_until_it_is_stored_again()
    {
        await _cluster.Convox.StartAsync("""{"solvers":[]}""");
        var stored = SolverCluster.Cloudflare(2, "example.net");
        await _cluster.Store.SaveAsync(stored, new DnsSecret("token"), default);

        await _cluster.Store.SaveAsync(stored with { VaultSecret = new VaultSecret("cloudflare", null) }, null, default);
        Assert.Equal("2", await _cluster.DescribeDetachedAsync());
        Assert.Single(await _cluster.IssuerSolversAsync());
        Assert.Empty((await _cluster.ConfigAsync())["solvers"]!.AsArray());
        Assert.Null(await _cluster.Admin.FindAsync("/api/v1/namespaces/cert-manager/secrets/cloudflare-dns-credential-2", default));
        Assert.Null(await _cluster.ValueAsync(_cluster.Namespace, SolverBackup.SecretName, "cloudflare-dns-credential-2"));
        Assert.Equal(new VaultSecret("cloudflare", null), Assert.Single(await _cluster.Store.ListAsync(default)).VaultSecret);

        await _cluster.Store.SaveAsync(stored, new DnsSecret("new"), default);
        Assert.Equal(string.Empty, await _cluster.DescribeDetachedAsync());
        Assert.Null(Assert.Single(await _cluster.Store.ListAsync(default)).VaultSecret);
        Assert.Equal("new", await _cluster.ValueAsync("cert-manager", "cloudflare-dns-credential-2", "api-token"));
    }

    [Fact]
    public async Task Solvers_that_cert_manager_does_not_support_are_only_in_the_backup()
    {
        await _cluster.Convox.StartAsync("""{"solvers":[]}""");
        var external = SolverCluster.Route53(1, "a.example") with
        {
            Settings = new Route53Settings { Role = "arn:aws:iam::123456789012:role/x", ExternalId = "x", ProfileName = "p" },
        };
        var script = new DnsSolver { Id = 2, DnsZones = ["b.example"], Settings = new ScriptSettings("a", "b") };
        var plugin = new DnsSolver { Id = 3, DnsZones = ["c.example"], Settings = new PoshAcmeSettings("DeSEC") };
        await _cluster.Store.SaveAsync(external, null, default);
        await _cluster.Store.SaveAsync(script, null, default);
        await _cluster.Store.SaveAsync(plugin, new DnsSecret("arguments"), default);

        var listed = await _cluster.Store.ListAsync(default);
        Assert.Equal((external.Settings, script.Settings, plugin.Settings), (listed[0].Settings, listed[1].Settings, listed[2].Settings));
        Assert.Equal("arguments", (await _cluster.Store.ReadSecretAsync(plugin, default))!.Value);
        Assert.Equal("1,2,3", await _cluster.DescribeDetachedAsync());
        Assert.Single(await _cluster.IssuerSolversAsync());
        Assert.Null(await _cluster.Admin.FindAsync("/api/v1/namespaces/cert-manager/secrets/letsencrypt-config", default));

        // The solver is added to cert-manager when it becomes usable there, and removed when it no longer is.
        await _cluster.Store.SaveAsync(SolverCluster.Route53(1, "a.example"), null, default);
        Assert.Equal("2,3", await _cluster.DescribeDetachedAsync());
        await _cluster.Store.SaveAsync(external, null, default);
        Assert.Single(await _cluster.IssuerSolversAsync());
        Assert.Empty((await _cluster.ConfigAsync())["solvers"]!.AsArray());
        await _cluster.Store.RemoveAsync(3, default);
        Assert.Null(await _cluster.Store.ReadSecretAsync(plugin, default));
        Assert.Equal("1 a.example; 2 b.example", await _cluster.DescribeListedAsync());
    }

    [Fact]
    public async Task A_region_comes_from_the_racks_other_solvers_or_the_environment_or_is_required()
    {
        await _cluster.Convox.StartAsync("""{"solvers":[]}""");
        var solver = new DnsSolver
        {
            Id = 1,
            DnsZones = ["example.org"],
            Settings = new Route53Settings { Role = "arn:aws:iam::123456789012:role/x" },
        };
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => _cluster.Store.SaveAsync(solver, null, default));
        Assert.Equal("RegionNeeded", error.Code);
        Assert.Equal("RegionNeeded", error.Remedy!.Key);
        Assert.Empty(await _cluster.Store.ListAsync(default));

        await _cluster.NewStore(region: "us-gov-west-1").SaveAsync(solver, null, default);
        Assert.Equal("us-gov-west-1", (string?)(await _cluster.IssuerSolversAsync())[1]!["dns01"]!["route53"]!["region"]);
        await _cluster.NewStore(region: "eu-west-1").SaveAsync(solver with { Id = 2, DnsZones = ["example.net"] }, null, default);
        Assert.Equal("us-gov-west-1", (string?)(await _cluster.ConfigAsync())["solvers"]![1]!["route53"]!["region"]);
    }

    [Theory]
    [InlineData("{\"role\":\"secret-words")]
    [InlineData("[]")]
    [InlineData("{\"solvers\":\"secret-words\"}")]
    [InlineData("{\"solvers\":[{\"id\":\"secret-words\"}]}")]
    [InlineData("{\"solvers\":[null]}")]
    [InlineData("{\"solvers\":[{\"id\":1,\"dns-zones\":[1]}]}")]
    [InlineData("{\"role\":1,\"solvers\":[]}")]
    [InlineData("{\"solvers\":[{\"id\":1,\"id\":2}]}")]
    public async Task A_damaged_list_is_one_error_that_quotes_nothing_and_overwrites_nothing(string config)
    {
        await _cluster.Convox.StartAsync("""{"solvers":[]}""");
        await _cluster.Convox.WriteAsync(config);

        Func<Task>[] tries =
        [
            () => _cluster.Store.ListAsync(default),
            () => _cluster.Store.ListDetachedAsync(default),
            () => _cluster.Store.SaveAsync(SolverCluster.Route53(1, "example.org"), null, default),
            () => _cluster.Store.RemoveAsync(1, default),
            () => _cluster.Store.FindRoleAsync(default),
        ];
        foreach (var attempt in tries)
        {
            var error = await Assert.ThrowsAsync<EngineException>(attempt);
            Assert.Equal("SolversDamaged", error.Code);
            Assert.Contains("cert-manager/letsencrypt-config", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("secret-words", error.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(config, await _cluster.ConfigTextAsync());
        Assert.Null(await _cluster.Admin.FindAsync($"/api/v1/namespaces/{_cluster.Namespace}/secrets/convoxssl-solvers", default));
        Assert.Single(await _cluster.IssuerSolversAsync());
    }

    [Fact]
    public async Task The_role_comes_from_the_list_or_from_cert_managers_service_account()
    {
        Assert.Equal("NoDnsRole", (await Assert.ThrowsAsync<EngineException>(() => _cluster.Store.FindRoleAsync(default))).Code);
        await _cluster.Admin.CreateAsync(
            """
            {"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"cert-manager","namespace":"cert-manager",
            "annotations":{"eks.amazonaws.com/role-arn":"arn:aws:iam::123456789012:role/annotated"}}}
            """,
            default);
        await _cluster.Convox.ApplyAsync("""{"role":"","solvers":[]}""");
        Assert.Equal("arn:aws:iam::123456789012:role/annotated", await _cluster.Store.FindRoleAsync(default));
        await _cluster.Convox.ApplyAsync("""{"role":"arn:aws:iam::123456789012:role/listed","solvers":[]}""");
        Assert.Equal("arn:aws:iam::123456789012:role/listed", await _cluster.Store.FindControllerRoleAsync(default));
    }

    [Fact]
    public async Task Without_the_issuer_none_is_created_and_all_solvers_are_detached()
    {
        await _cluster.Store.SaveAsync(SolverCluster.Route53(1, "example.org"), null, default);
        Assert.Equal("1", await _cluster.DescribeDetachedAsync());
        Assert.Null(await _cluster.Admin.FindAsync(SolverCluster.Issuer, default));

        await _cluster.Convox.StartAsync(await _cluster.ConfigTextAsync());
        Assert.Equal(string.Empty, await _cluster.DescribeDetachedAsync());
        await _cluster.Store.RemoveAsync(1, default);
        Assert.Equal(string.Empty, await _cluster.DescribeAttachedAsync());
    }

    [Fact]
    public async Task The_id_of_an_unknown_provider_is_taken()
    {
        await _cluster.Convox.StartAsync("""{"solvers":[]}""");
        const string Config = """{"solvers":[{"id":1,"dns-zones":["a.example"],"google":{"project":"p"}}]}""";
        await _cluster.Convox.WriteAsync(Config);

        Assert.Empty(await _cluster.Store.ListAsync(default));
        var error = await Assert.ThrowsAsync<InvalidInputException>(
            () => _cluster.Store.SaveAsync(SolverCluster.Route53(1, "example.org"), null, default));
        Assert.Equal("DnsSolverExists", error.Code);
        await _cluster.Store.RemoveAsync(1, default);
        Assert.Equal(Config, await _cluster.ConfigTextAsync());
    }
}
