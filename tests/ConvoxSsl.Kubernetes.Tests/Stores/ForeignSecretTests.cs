using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Stores;
using ConvoxSsl.Kubernetes.Tests.Racks;
using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Kubernetes.Tests.Stores;

/// <summary>Secrets of Convox and cert-manager are read and changed, and their fields are preserved.</summary>
public abstract class ForeignSecretTests(Func<Task<KubernetesTestServer>> start) : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = ConvoxSecrets.Now;

    private TestRack _home = null!;
    private KubernetesRack _rack = null!;

    private KubernetesApi Admin => _home.Server.Admin;

    private KubernetesCertificateStore Store => (KubernetesCertificateStore)_rack.Certificates;

    public async Task InitializeAsync()
    {
        _home = await TestRack.CreateAsync(await start());
        _rack = _home.Open();
    }

    public Task DisposeAsync()
    {
        _home.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_certificate_imported_by_Convox_is_read()
    {
        var chain = ConvoxSecrets.CreateChain(algorithm: KeyAlgorithm.Rsa2048);
        var created = await Admin.CreateAsync(
            ConvoxSecrets.CreateImported(_home.Scope.Name, _home.Namespace, chain.Leaf, chain.Key, chain.Issuer), default);

        var entry = Assert.Single(await Store.ListAsync(null, default).ToListAsync());
        Assert.Equal((string)created["metadata"]!["name"]!, entry.Record.Id);
        Assert.Equal(["www.example.org"], entry.Record.Domains);
        Assert.Equal(("imported", false, null), (entry.Record.Issuer, entry.Record.Generated, entry.Record.Settings));
        Assert.Equal(
            (1, 1, "Rsa2048", _home.Namespace), (entry.LiveVersion, entry.Versions.Count, entry.Live.KeyAlgorithm, entry.Namespace));
        Assert.Equal(
            (Now.AddDays(-1), Now.AddDays(89), Now.AddDays(59)), (entry.Live.NotBefore, entry.Live.Expires, entry.Live.RenewAfter));
        using var material = await Store.ReadAsync(entry.Record.Id, 1, default);
        Assert.Equal((chain.Full, chain.Key), (material.Chain.FullPem(), material.Key!.ToPem()));
        Assert.Equal(material.Chain.Leaf.RawData, entry.Leaf!.Value.ToArray());
    }

    [Fact]
    public async Task A_certificate_self_signed_by_Convox_is_read()
    {
        using var key = PrivateKey.Generate(KeyAlgorithm.Rsa2048);
        using var chain = SelfSignedCertificate.Create(key, CertificateNameSet.Parse(["www.example.org"]), Now, TimeSpan.FromDays(365));
        await Admin.CreateAsync(ConvoxSecrets.CreateImported(_home.Scope.Name, _home.Namespace, chain.FullPem(), key.ToPem()), default);

        var entry = Assert.Single(await Store.ListAsync(null, default).ToListAsync());
        Assert.Equal((Issuer.SelfSignedName, false), (entry.Record.Issuer, entry.Record.Generated));
        Assert.Null(entry.Record.Settings);
    }

    [Fact]
    public async Task A_certificate_issued_by_cert_manager_is_read()
    {
        var chain = ConvoxSecrets.CreateChain();
        await Admin.CreateAsync(ConvoxSecrets.CreateIssued(_home.Namespace, "cert-a", chain.Full, chain.Key), default);
        await Admin.CreateAsync(ConvoxSecrets.CreateIssued(_home.Namespace, "cert-b", chain.Full, chain.Key, "company"), default);

        var entries = await Store.ListAsync(null, default).ToListAsync();
        Assert.Equal(
            [("cert-a", "letsencrypt", true), ("cert-b", "company", true)],
            entries.Select(e => (e.Record.Id, e.Record.Issuer, e.Record.Generated)));
        Assert.All(entries, e => Assert.Equal("cert-manager", e.Record.Settings!.Controller));
        Assert.Equal([Issuer.Parse("letsencrypt").DirectoryUrl, null], entries.Select(e => e.Record.Settings!.DirectoryUrl));
    }

    [Fact]
    public async Task Values_beside_the_certificate_that_belong_to_another_one_are_found()
    {
        var (one, other) = (ConvoxSecrets.CreateChain(), ConvoxSecrets.CreateChain());
        await AddAsync("a", one.Key, ("ca.crt", one.Issuer), ("tls-combined.pem", one.Key + "\n" + one.Full));
        await AddAsync("b", one.Key, ("tls-combined.pem", other.Key + "\n" + other.Full), ("ca.crt", "clients"));
        await AddAsync("c", one.Key, ("ca.crt", ConvoxSecrets.CreateChain("www.example.org", "other").Leaf));
        await AddAsync("d", string.Empty);
        await AddAsync("e", one.Key, ("key.der", "old"));

        var faults = (await Store.ListAsync(null, default).ToListAsync()).Select(e => e.Fault!.Value).ToList();

        Assert.Equal(
            [
                null, CertificateFaultKind.OutdatedCopy, CertificateFaultKind.OutdatedCopy, CertificateFaultKind.NoKey,
                CertificateFaultKind.OutdatedCopy,
            ],
            faults.Select(f => f?.Kind));
        Assert.All(faults.OfType<CertificateFault>(), fault => Assert.True(fault.IsUsable));
        Assert.Contains("has tls-combined.pem of another version", faults[1]!.Message, StringComparison.Ordinal);
        Assert.Contains("ca.crt", faults[2]!.Message, StringComparison.Ordinal);
        Assert.Contains("no private key", faults[3]!.Message, StringComparison.Ordinal);
        Assert.Contains("has key.der of another version", faults[4]!.Message, StringComparison.Ordinal);

        async Task AddAsync(string name, string key, params (string Key, string Value)[] more)
        {
            var secret = ConvoxSecrets.CreateTls(_home.Namespace, name, one.Full, key);
            foreach (var (member, value) in more)
            {
                secret["data"]![member] = ConvoxSecrets.Base64(value);
            }

            await Admin.CreateAsync(secret, default);
        }
    }

    [Fact]
    public async Task An_immutable_Secret_is_left_unchanged_and_the_remedy_names_it()
    {
        var chain = ConvoxSecrets.CreateChain();
        var secret = ConvoxSecrets.CreateTls(_home.Namespace, "cert-a", chain.Full, chain.Key);
        secret["immutable"] = true;
        await Admin.CreateAsync(secret, default);
        using var material = ConvoxSecrets.CreateChain().ToMaterial();

        var error = await Assert.ThrowsAsync<EngineException>(
            () => Store.AddVersionAsync(Record("cert-a"), material, Now, Now, 3, default));

        Assert.Equal(("ClusterRefused", "ClusterRefused.Immutable"), (error.Code, error.Remedy!.Key));
        Assert.Equal($"cert-a {_home.Namespace}", string.Join(' ', error.Remedy.Arguments));
        Assert.Equal(chain.Thumbprint, (await Store.FindAsync("cert-a", default))!.Live.Thumbprint);
    }

    [Fact]
    public async Task A_certificate_without_names_uses_its_common_name()
    {
        var chain = ConvoxSecrets.CreateChain(name: null, commonName: "old.example.org");
        await Admin.CreateAsync(ConvoxSecrets.CreateTls(_home.Namespace, "old", chain.Leaf, chain.Key), default);
        Assert.Equal(["old.example.org"], (await Store.FindAsync("old", default))!.Record.Domains);
    }

    [Fact]
    public async Task Foreign_fields_are_preserved_when_a_version_is_added_changed_and_restored()
    {
        var chain = ConvoxSecrets.CreateChain();
        var secret = ConvoxSecrets.CreateIssued(_home.Namespace, "cert-a", chain.Full, chain.Key);
        secret["metadata"]!["labels"]!["team"] = "web";
        secret["metadata"]!["annotations"]!["example.org/note"] = "ours";
        secret["metadata"]!["ownerReferences"] = new JsonArray(
            new JsonObject { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["name"] = "x", ["uid"] = Guid.NewGuid().ToString() });
        secret["data"]!["ca.crt"] = ConvoxSecrets.Base64(chain.Issuer);
        secret["data"]!["extra"] = ConvoxSecrets.Base64("\0\u00ff");
        var before = await Admin.CreateAsync(secret, default);

        var entry = (await Store.FindAsync("cert-a", default))!;
        using var second = ConvoxSecrets.CreateChain().ToMaterial();
        await Store.AddVersionAsync(entry.Record, second, Now, Now.AddDays(60), 5, default);
        await Store.UpdateAsync((await Store.FindAsync("cert-a", default))!, default);
        var restored = await Store.SwitchAsync("cert-a", 1, default);

        Assert.Equal((1, 2), (restored.LiveVersion, restored.Versions.Count));
        var after = (await _home.FindSecretAsync("cert-a"))!;
        Assert.Equal(_home.Scope.Name, (string?)after["metadata"]!["labels"]!["rack"]);
        after["metadata"]!["labels"]!.AsObject().Remove("rack");
        after["metadata"]!["annotations"]!.AsObject().Remove(CertificateAnnotation.Name);
        foreach (var member in new[] { "resourceVersion", "managedFields" })
        {
            before["metadata"]!.AsObject().Remove(member);
            after["metadata"]!.AsObject().Remove(member);
        }

        Assert.True(JsonNode.DeepEquals(before, after), $"{before}\n{after}");
    }

    [Fact]
    public async Task A_renewal_by_cert_manager_is_the_next_version_and_the_previous_one_can_be_restored()
    {
        using var first = ConvoxSecrets.CreateChain().ToMaterial();
        await Store.AddVersionAsync(Record("cert-a"), first, Now, Now.AddDays(60), 3, default);
        var renewed = ConvoxSecrets.CreateChain();
        await OverwriteAsync("cert-a", renewed);

        var found = (await Store.FindAsync("cert-a", default))!;
        Assert.Equal((2, renewed.Thumbprint, Now.AddDays(59)), (found.LiveVersion, found.Live.Thumbprint, found.Live.RenewAfter));
        using (var live = await Store.ReadAsync("cert-a", 2, default))
        {
            Assert.Equal(renewed.Key, live.Key!.ToPem());
        }

        var back = await Store.SwitchAsync("cert-a", 1, default);
        Assert.Equal((1, first.Chain.Leaf.Thumbprint), (back.LiveVersion, back.Live.Thumbprint));
        Assert.Equal(first.Key!.ToPem(), ConvoxSecrets.DecodeText((await _home.FindSecretAsync("cert-a"))!, "tls.key"));
        Assert.Equal(2, (await Store.SwitchAsync("cert-a", 2, default)).LiveVersion);
        Assert.Equal(renewed.Full, ConvoxSecrets.DecodeText((await _home.FindSecretAsync("cert-a"))!, "tls.crt"));
    }

    [Fact]
    public async Task A_certificate_of_cert_manager_is_adopted_once_and_left_unchanged()
    {
        var chain = ConvoxSecrets.CreateChain();
        await Admin.CreateAsync(ConvoxSecrets.CreateIssued(_home.Namespace, "cert-a", chain.Full, chain.Key), default);
        var record = Record("cert-a") with
        {
            Issuer = "letsencrypt",
            Generated = true,
            Settings = new IssuanceSettings { Controller = "cert-manager" },
        };

        var adopted = await Store.AdoptAsync(record, Now, (_, expires) => expires.AddDays(-7), 3, default);
        Assert.Equal((1, Now, Now.AddDays(82)), (adopted.LiveVersion, adopted.Live.Stored, adopted.Live.RenewAfter));
        var secret = (await _home.FindSecretAsync("cert-a"))!;
        Assert.Equal((chain.Full, chain.Key), (ConvoxSecrets.DecodeText(secret, "tls.crt"), ConvoxSecrets.DecodeText(secret, "tls.key")));
        Assert.Equal(_home.Scope.Name, (string?)secret["metadata"]!["labels"]!["rack"]);
        Assert.Equal(chain.Key, ConvoxSecrets.DecodeText((await _home.FindSecretAsync("convoxssl-cert-a-v1"))!, "tls.key"));

        Assert.Equivalent(adopted, await Store.AdoptAsync(record, Now.AddDays(1), (_, expires) => expires, 3, default), strict: true);
        Assert.Equal(
            (string?)secret["metadata"]!["resourceVersion"],
            (string?)(await _home.FindSecretAsync("cert-a"))!["metadata"]!["resourceVersion"]);
    }

    [Fact]
    public async Task Adopted_versions_are_limited_in_number()
    {
        await Admin.CreateAsync(
            ConvoxSecrets.CreateIssued(_home.Namespace, "cert-a", ConvoxSecrets.CreateChain().Full, string.Empty), default);
        for (var i = 1; i <= 4; i++)
        {
            await OverwriteAsync("cert-a", ConvoxSecrets.CreateChain());
            var adopted = await Store.AdoptAsync(Record("cert-a"), Now, CertificateLifetime.GetRenewalTime, 2, default);
            Assert.Equal(i, adopted.LiveVersion);
        }

        Assert.Equal([3, 4], (await Store.FindAsync("cert-a", default))!.Versions.Select(v => v.Number));
        Assert.Equal(["cert-a", "convoxssl-cert-a-v3", "convoxssl-cert-a-v4"], await _home.SecretNamesAsync());
    }

    [Fact]
    public async Task A_version_kept_before_it_is_overwritten_can_be_restored()
    {
        await Store.KeepAsync("cert-none", Now, default);
        var chain = ConvoxSecrets.CreateChain();
        await Admin.CreateAsync(ConvoxSecrets.CreateTls(_home.Namespace, "cert-a", chain.Full, chain.Key), default);
        await Store.KeepAsync("cert-a", Now, default);
        await Store.KeepAsync("cert-a", Now.AddDays(1), default);
        await OverwriteAsync("cert-a", ConvoxSecrets.CreateChain());

        Assert.Equal([1, 2], (await Store.FindAsync("cert-a", default))!.Versions.Select(v => v.Number));
        Assert.Equal(chain.Thumbprint, (await Store.SwitchAsync("cert-a", 1, default)).Live.Thumbprint);
    }

    [Fact]
    public async Task A_certificate_that_cert_manager_is_still_issuing_is_skipped_and_not_adopted()
    {
        var issuing = ConvoxSecrets.CreateIssued(_home.Namespace, "cert-a", string.Empty, string.Empty);
        await Admin.CreateAsync(issuing, default);
        Assert.Empty(await Store.ListAsync(e => Assert.Fail(e.Message), default).ToListAsync());
        Assert.Null(await Store.FindAsync("cert-a", default));
        var error = await Assert.ThrowsAsync<EngineException>(
            () => Store.AdoptAsync(Record("cert-a"), Now, CertificateLifetime.GetRenewalTime, 3, default));
        Assert.Equal("CertificateNotFound", error.Code);
    }

    [Fact]
    public async Task A_broken_Secret_is_reported_and_the_list_continues()
    {
        var chain = ConvoxSecrets.CreateChain();
        await Admin.CreateAsync(ConvoxSecrets.CreateTls(_home.Namespace, "a-good", chain.Full, chain.Key), default);
        await Admin.CreateAsync(ConvoxSecrets.CreateTls(_home.Namespace, "b-empty", string.Empty, chain.Key), default);
        await Admin.CreateAsync(ConvoxSecrets.CreateTls(_home.Namespace, "c-rubbish", "rubbish", chain.Key), default);
        await Admin.CreateAsync(
            ConvoxSecrets.CreateTls(_home.Namespace, "d-damaged", chain.Leaf.Replace("MII", "MIJ", StringComparison.Ordinal), chain.Key),
            default);
        await Admin.CreateAsync(ConvoxSecrets.CreateTls(_home.Namespace, "e-key", chain.Key, chain.Key), default);
        var annotated = ConvoxSecrets.CreateTls(_home.Namespace, "f-annotation", chain.Full, chain.Key);
        annotated["metadata"]!["annotations"] = new JsonObject { [CertificateAnnotation.Name] = "{\"versions\":null}" };
        await Admin.CreateAsync(annotated, default);
        await Admin.CreateAsync(ConvoxSecrets.CreateTls(_home.Namespace, "g-good", chain.Full, chain.Key), default);

        var damages = new List<EngineException>();
        Assert.Equal(["a-good", "g-good"], (await Store.ListAsync(damages.Add, default).ToListAsync()).Select(e => e.Record.Id));
        Assert.Equal(["b-empty", "c-rubbish", "d-damaged", "e-key", "f-annotation"], damages.Select(d => (string)d.Value!));
        foreach (var damage in damages)
        {
            Assert.Equal(("CertificateDamaged", EngineErrorKind.InvalidData), (damage.Code, damage.Kind));
            Assert.Contains($"'{damage.Value}'", damage.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(chain.Key[40..80], damage.ToString(), StringComparison.Ordinal);
            Assert.Equal(
                damage.Message, (await Assert.ThrowsAsync<EngineException>(() => Store.FindAsync((string)damage.Value!, default))).Message);
            await Store.RemoveAsync((string)damage.Value!, default);
        }

        Assert.Equal(["a-good", "g-good"], await _home.SecretNamesAsync());
    }

    [Fact]
    public async Task An_unreadable_key_is_not_quoted()
    {
        var chain = ConvoxSecrets.CreateChain();
        var broken = chain.Key.Replace("\n", "!\n", StringComparison.Ordinal);
        await Admin.CreateAsync(ConvoxSecrets.CreateTls(_home.Namespace, "cert-a", chain.Full, broken), default);
        var damage = await Assert.ThrowsAsync<EngineException>(() => Store.ReadAsync("cert-a", 1, default));
        Assert.Equal("CertificateDamaged", damage.Code);
        Assert.DoesNotContain(broken[40..60], damage.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Secret_of_another_type_is_not_a_certificate_and_is_left_unchanged()
    {
        await Admin.CreateAsync(
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Secret",
                ["metadata"] = new JsonObject { ["namespace"] = _home.Namespace, ["name"] = "cert-a" },
                ["type"] = "Opaque",
            },
            default);
        using var material = ConvoxSecrets.CreateChain().ToMaterial();

        Assert.Null(await Store.FindAsync("cert-a", default));
        await Store.RemoveAsync("cert-a", default);
        var error = await Assert.ThrowsAsync<EngineException>(
            () => Store.AddVersionAsync(Record("cert-a"), material, Now, Now, 3, default));
        Assert.Equal("SecretTaken", error.Code);
        Assert.NotNull(await _home.FindSecretAsync("cert-a"));
    }

    private static CertificateRecord Record(string id) => new() { Id = id, Domains = ["www.example.org"], Issuer = "imported" };

    /// <summary>Simulates a renewal by cert-manager, which replaces only the data.</summary>
    private Task<JsonObject> OverwriteAsync(string name, TestChain chain) => Admin.PatchAsync(
        $"{_home.SecretsPath}/{name}",
        new JsonObject
        {
            ["data"] = new JsonObject { ["tls.crt"] = ConvoxSecrets.Base64(chain.Full), ["tls.key"] = ConvoxSecrets.Base64(chain.Key) },
        },
        default);
}

/// <summary>Tests on the real API server, if there is one.</summary>
public sealed class KubernetesForeignSecretTests() : ForeignSecretTests(() => KubernetesTestServers.CurrentAsync());

/// <summary>Tests on the scripted API server.</summary>
public sealed class ScriptedForeignSecretTests() : ForeignSecretTests(() => KubernetesTestServers.ScriptedAsync());
