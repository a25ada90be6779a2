using System.Text;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Tests.Racks;
using ConvoxSsl.Kubernetes.Tests.Stores;
using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Kubernetes.Tests.Publishing;

/// <summary>Copies of a rack's certificates in its apps, beside the Secrets of Convox and cert-manager.</summary>
public abstract class PublisherTests(Func<Task<KubernetesTestServer>> start) : IAsyncLifetime
{
    private const string Id = "cert-one";
    private readonly TestChain _current = ConvoxSecrets.CreateChain();
    private TestRack _home = null!;
    private ICertificatePublisher _publisher = null!;

    public async Task InitializeAsync()
    {
        _home = await TestRack.CreateAsync(await start());
        _publisher = _home.Open().Publisher!;
        await WriteAsync(_home.Namespace, Id, "kubernetes.io/tls", ("tls.crt", _current.Full), ("tls.key", _current.Key), ("ca.crt", "ca"));
    }

    public Task DisposeAsync()
    {
        _home.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task An_outdated_copy_gets_the_data_and_keeps_its_type_and_labels()
    {
        var app = await AddCopyAsync("web", "old");
        await _home.AddAppAsync("without");

        Assert.Equal(
            [new CertificateCopy(Id, "web", app, CertificateCopyResult.Updated)],
            await _publisher.PublishAsync(Id, [], dryRun: false, default));

        var copy = await ReadAsync(app);
        Assert.Equal(_current.Full, DecodeText(copy, "tls.crt"));
        Assert.Equal(["ca.crt", "tls.crt", "tls.key"], copy["data"]!.AsObject().Select(d => d.Key).Order(StringComparer.Ordinal));
        Assert.Equal("Opaque", (string?)copy["type"]);
        Assert.Equal("mine", (string?)copy["metadata"]!["labels"]!["team"]);
        Assert.Equal(40, ((string)copy["metadata"]!["annotations"]!["convox.com/data-hash"]!).Length);
        Assert.Equal(CertificateCopyResult.Current, Assert.Single(await _publisher.PublishAsync(Id, [], dryRun: false, default)).Result);
    }

    [Fact]
    public async Task A_copy_with_the_same_data_is_left_unchanged_regardless_of_its_hash()
    {
        var app = await AddCopyAsync("web", _current.Full, ("ca.crt", "ca"));
        var before = (string?)(await ReadAsync(app))["metadata"]!["resourceVersion"];

        Assert.Equal(CertificateCopyResult.Current, Assert.Single(await _publisher.PublishAsync(Id, [], dryRun: false, default)).Result);
        Assert.Equal(before, (string?)(await ReadAsync(app))["metadata"]!["resourceVersion"]);
    }

    [Fact]
    public async Task A_named_app_gets_a_copy_that_an_ingress_can_use()
    {
        var app = await _home.AddAppAsync("web");
        await _home.AddAppAsync("other");

        Assert.Equal(
            [new CertificateCopy(Id, "web", app, CertificateCopyResult.Created)],
            await _publisher.PublishAsync(Id, ["web"], dryRun: true, default));
        Assert.Null(await _home.Server.Admin.FindAsync(Path(app), default));
        Assert.Equal(
            [new CertificateCopy(Id, "web", app, CertificateCopyResult.Created)],
            await _publisher.PublishAsync(Id, ["web"], dryRun: false, default));
        Assert.Equal("kubernetes.io/tls", (string?)(await ReadAsync(app))["type"]);
        Assert.Equal(["other", "web"], (await _publisher.ListAppsAsync(default)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_missing_app_and_a_missing_certificate_are_reported()
    {
        await _home.AddAppAsync("web");

        var app = await Assert.ThrowsAsync<EngineException>(() => _publisher.PublishAsync(Id, ["none"], dryRun: false, default));
        Assert.Equal("AppNotFound", app.Code);
        Assert.Contains("Its apps: web", app.Message, StringComparison.Ordinal);
        Assert.Equal(
            "CertificateNotFound",
            (await Assert.ThrowsAsync<EngineException>(() => _publisher.PublishAsync("cert-none", [], dryRun: false, default))).Code);
        Assert.Empty(await _publisher.PublishAsync("cert-web@" + _home.Scope.NamespaceOf("web"), [], dryRun: false, default));
    }

    [Fact]
    public async Task An_apps_own_Secret_of_that_name_is_never_overwritten()
    {
        var ownCopy = await AddCopyAsync("own", "own");
        await _home.Server.Admin.PatchAsync(
            Path(ownCopy), JsonNode.Parse("""{"metadata":{"annotations":{"cert-manager.io/certificate-name":"cert-web"}}}""")!, default);
        var other = await _home.AddAppAsync("other");
        await WriteAsync(other, Id, "Opaque", ("password", "x"));

        Assert.Empty(await _publisher.PublishAsync(Id, [], dryRun: false, default));
        Assert.Empty(await AllAsync());
        var copies = await _publisher.PublishAsync(Id, ["own", "other"], dryRun: false, default);

        Assert.All(copies, copy => Assert.Equal(CertificateCopyResult.Failed, copy.Result));
        Assert.Contains(copies, copy => copy.Reason!.Contains("'cert-web'", StringComparison.Ordinal));
        Assert.Equal("own", DecodeText(await ReadAsync(ownCopy), "tls.crt"));
        Assert.Null((await ReadAsync(other))["data"]!["tls.crt"]);
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_used_is_not_published_and_its_status_explains_it()
    {
        var other = ConvoxSecrets.CreateChain();
        var app = await AddCopyAsync("web", "old");
        foreach (var (certificate, key, reason) in new[]
        {
            (_current.Issuer + _current.Leaf, _current.Key, "begins with another certificate"),
            (_current.Full, other.Key, "belongs to another certificate"),
            (_current.Full, "none", "is not in PEM format"),
            (_current.Full, _current.Key.Replace("MI", "XX", StringComparison.Ordinal), "is corrupt"),
            (_current.Leaf + other.Issuer, _current.Key, "with another key than that of 'CN=Test Root'"),
        })
        {
            await ReplaceAsync(certificate, key);

            var error = await Assert.ThrowsAsync<EngineException>(() => _publisher.PublishAsync(Id, ["web"], dryRun: false, default));
            var copy = Assert.Single(await AllAsync());
            var fault = (await _home.Open().Certificates.FindAsync(Id, default))!.Fault!.Value!;

            Assert.Equal(("CertificateDamaged", "CertificateDamaged.Unusable"), (error.Code, error.Remedy!.Key));
            Assert.Contains(reason, error.Message, StringComparison.Ordinal);
            Assert.Equal((CertificateCopyResult.Failed, error.Message), (copy.Result, copy.Reason));
            Assert.Equal(CertificateFaultKind.Unusable, fault.Kind);
            Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
        }

        await ReplaceAsync("rubbish", _current.Key);
        Assert.Equal(
            "CertificateDamaged",
            (await Assert.ThrowsAsync<EngineException>(() => _publisher.PublishAsync(Id, ["web"], dryRun: false, default))).Code);
        Assert.Equal(
            "CertificateDamaged",
            (await Assert.ThrowsAsync<EngineException>(() => _home.Open().Certificates.FindAsync(Id, default))).Code);
        Assert.Equal("old", DecodeText(await ReadAsync(app), "tls.crt"));
    }

    [Fact]
    public async Task An_immutable_copy_fails_until_its_remedy_is_followed()
    {
        var app = await AddCopyAsync("web", "old");
        await _home.Server.Admin.PatchAsync(Path(app), new JsonObject { ["immutable"] = true }, default);

        var copy = Assert.Single(await _publisher.PublishAsync(Id, [], dryRun: false, default));
        Assert.Equal((CertificateCopyResult.Failed, "ClusterRefused.Immutable"), (copy.Result, copy.Remedy?.Key));
        Assert.Equal($"{Id} {app}", string.Join(' ', copy.Remedy!.Arguments));
        Assert.Equal(copy.Reason, Assert.Single(await AllAsync()).Reason);

        // As kubectl replace --force does.
        var secret = await ReadAsync(app);
        secret.Remove("immutable");
        foreach (var member in new[] { "resourceVersion", "uid", "creationTimestamp", "managedFields" })
        {
            secret["metadata"]!.AsObject().Remove(member);
        }

        await _home.Server.Admin.DeleteAsync(Path(app), default);
        await _home.Server.Admin.CreateAsync(secret, default);

        Assert.Equal(CertificateCopyResult.Updated, Assert.Single(await AllAsync()).Result);
        Assert.Equal(_current.Full, DecodeText(await ReadAsync(app), "tls.crt"));
    }

    [Fact]
    public async Task All_outdated_copies_are_found_and_nothing_else()
    {
        var second = ConvoxSecrets.CreateChain();
        await WriteAsync(_home.Namespace, "cert-two", "kubernetes.io/tls", ("tls.crt", second.Full), ("tls.key", second.Key));
        await WriteAsync(_home.Namespace, "cert-pending", "kubernetes.io/tls", ("tls.crt", ""), ("tls.key", ""));
        var web = await AddCopyAsync("web", "old");
        await WriteAsync(web, "cert-two", "Opaque", ("tls.crt", second.Full), ("tls.key", second.Key));
        await WriteAsync(web, "cert-pending", "Opaque", ("tls.crt", "p"), ("tls.key", "key"));
        await WriteAsync(web, "unknown", "Opaque", ("tls.crt", "u"), ("tls.key", "key"));
        var api = await AddCopyAsync("api", "older");

        var found = await AllAsync(dryRun: true);
        Assert.Equal([(Id, api), (Id, web)], found.Select(c => (c.Id, c.Namespace)).Order());
        Assert.Equal(found, await AllAsync());
        Assert.Empty(await AllAsync());
    }

    [Fact]
    public async Task A_read_only_namespace_fails_and_the_others_continue()
    {
        var closed = await AddCopyAsync("closed", "old");
        var hidden = await AddCopyAsync("hidden", "old");
        var open = await AddCopyAsync("open", "old");
        var user = _home.Server.AddUser();
        await _home.Server.GrantAsync(user, null, default, new RbacRule("", "namespaces", "list"));
        await _home.Server.GrantAsync(user, _home.Namespace, default, new RbacRule("", "secrets", "get,list"));
        await _home.Server.GrantAsync(user, closed, default, new RbacRule("", "secrets", "get,list"));
        await _home.Server.GrantAsync(user, open, default, new RbacRule("", "secrets", "get,list,patch"));
        var publisher = _home.Open(token: user.Token).Publisher!;

        var all = new List<CertificateCopy>();
        await foreach (var copy in publisher.PublishAllAsync(dryRun: false, default))
        {
            all.Add(copy);
        }

        Assert.Equal(
            [
                (closed, Id, CertificateCopyResult.Failed),
                (hidden, "*", CertificateCopyResult.Failed),
                (open, Id, CertificateCopyResult.Updated),
            ],
            all.Select(c => (c.Namespace, c.Id, c.Result)).Order());
        Assert.Contains("may not patch secrets", all.Single(c => c.Namespace == closed).Reason, StringComparison.Ordinal);
        Assert.All(
            all.Where(c => c.Result == CertificateCopyResult.Failed), c => Assert.Equal(ErrorCode.ClusterForbidden, c.Remedy?.Key));
        Assert.Equal(
            [CertificateCopyResult.Failed, CertificateCopyResult.Failed, CertificateCopyResult.Current],
            (await publisher.PublishAsync(Id, [], dryRun: false, default))
                .OrderBy(c => c.Namespace, StringComparer.Ordinal)
                .Select(c => c.Result));
    }

    [Fact]
    public async Task A_certificate_renewed_meanwhile_is_copied_in_its_latest_version()
    {
        var apps = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => AddCopyAsync($"app{i}", "old")));

        var publishing = _publisher.PublishAsync(Id, [], dryRun: false, default);
        var newest = ConvoxSecrets.CreateChain();
        await ReplaceAsync(newest.Full, newest.Key);
        await publishing;
        await _publisher.PublishAsync(Id, [], dryRun: false, default);

        foreach (var app in apps)
        {
            Assert.Equal(newest.Full, DecodeText(await ReadAsync(app), "tls.crt"));
        }
    }

    private Task<JsonObject> ReplaceAsync(string certificate, string key) => _home.Server.Admin.PatchAsync(
        Path(_home.Namespace),
        new JsonObject { ["data"] = new JsonObject { ["tls.crt"] = Base64(certificate), ["tls.key"] = Base64(key) } },
        default);

    private async Task<List<CertificateCopy>> AllAsync(bool dryRun = false)
    {
        var all = new List<CertificateCopy>();
        await foreach (var copy in _publisher.PublishAllAsync(dryRun, default))
        {
            all.Add(copy);
        }

        return all;
    }

    // As Convox creates it when a release is promoted.
    private async Task<string> AddCopyAsync(string app, string certificate, params (string, string)[] more)
    {
        var inNamespace = await _home.AddAppAsync(app);
        await WriteAsync(inNamespace, Id, null, [("tls.crt", certificate), ("tls.key", _current.Key), .. more]);
        await _home.Server.Admin.PatchAsync(
            Path(inNamespace),
            JsonNode.Parse(
                """
                {"metadata":{"annotations":{"convox.com/data-hash":"da39a3ee5e6b4b0d3255bfef95601890afd80709"},
                "labels":{"team":"mine"}}}
                """)!,
            default);
        return inNamespace;
    }

    private async Task WriteAsync(string inNamespace, string name, string? type, params (string Key, string Value)[] data) =>
        await _home.Server.Admin.CreateAsync(
        new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = inNamespace },
            ["type"] = type,
            ["data"] = new JsonObject(data.Select(d => KeyValuePair.Create(d.Key, (JsonNode?)Base64(d.Value)))),
        },
        default);

    private Task<JsonObject> ReadAsync(string inNamespace) => _home.Server.Admin.GetAsync(Path(inNamespace), default);

    private static string Path(string inNamespace) => $"/api/v1/namespaces/{inNamespace}/secrets/{Id}";

    private static string DecodeText(JsonObject secret, string key) =>
        Encoding.UTF8.GetString(Convert.FromBase64String((string)secret["data"]![key]!));

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}

/// <summary>Tests on the real API server, if there is one.</summary>
public sealed class CurrentPublisherTests() : PublisherTests(() => KubernetesTestServers.CurrentAsync());

/// <summary>Tests on the scripted API server.</summary>
public sealed class ScriptedPublisherTests() : PublisherTests(() => KubernetesTestServers.ScriptedAsync());
