using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Tests.Racks;
using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Kubernetes.Tests.Stores;

/// <summary>The certificates of cert-manager in the namespaces of a rack's apps.</summary>
public abstract class AppCertificateTests(Func<Task<KubernetesTestServer>> start) : IAsyncLifetime
{
    private TestRack _home = null!;
    private KubernetesRack _rack = null!;
    private string _web = null!;

    private KubernetesApi Admin => _home.Server.Admin;

    private string Id => $"web-domains@{_web}";

    public async Task InitializeAsync()
    {
        _home = await TestRack.CreateAsync(await start());
        _rack = _home.Open();
        _web = await _home.AddAppAsync("web");
        var chain = ConvoxSecrets.CreateChain();
        await Admin.CreateAsync(ConvoxSecrets.CreateIssued(_web, "web-domains", chain.Full, chain.Key), default);
    }

    public Task DisposeAsync()
    {
        _home.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Certificates_of_apps_are_listed_separately_without_copies_of_the_racks_own()
    {
        var api = await _home.AddAppAsync("api");
        var (own, issuing) = (ConvoxSecrets.CreateChain(), ConvoxSecrets.CreateIssued(api, "issuing", string.Empty, string.Empty));
        await Admin.CreateAsync(ConvoxSecrets.CreateTls(_home.Namespace, "cert-a", own.Full, own.Key), default);
        await Admin.CreateAsync(ConvoxSecrets.CreateTls(api, "cert-a", own.Full, own.Key), default);
        await Admin.CreateAsync(ConvoxSecrets.CreateTls(api, "broken", "rubbish", own.Key), default);
        await Admin.CreateAsync(issuing, default);
        await Admin.CreateAsync(ConvoxSecrets.CreateIssued(api, "api-domains", own.Full, own.Key), default);

        var damages = new List<string>();
        var listed = await _rack.Certificates.ListOfAppsAsync(e => damages.Add((string)e.Value!), default).ToListAsync();
        Assert.Equal([$"api-domains@{api}", Id], listed.Select(e => e.Record.Id));
        Assert.Equal([api, _web], listed.Select(e => e.Namespace));
        Assert.All(
            listed,
            e => Assert.Equal(("letsencrypt", true, "cert-manager"), (e.Record.Issuer, e.Record.Generated, e.Record.Settings!.Controller)));
        Assert.Equal([$"broken@{api}"], damages);
        Assert.Equal(["cert-a"], (await _rack.Certificates.ListAsync(null, default).ToListAsync()).Select(e => e.Record.Id));
        Assert.Null(await _rack.Certificates.FindAsync($"cert-a@{api}", default));
    }

    [Fact]
    public async Task Certificates_of_apps_are_read_by_id_and_have_no_orders()
    {
        var found = (await _rack.Certificates.FindAsync(Id, default))!;
        Assert.Equal((Id, _web, 1), (found.Record.Id, found.Namespace, found.LiveVersion));
        using var material = await _rack.Certificates.ReadAsync(Id, 1, default);
        Assert.Equal(material.Chain.Leaf.RawData, found.Leaf!.Value.ToArray());
        Assert.NotNull(material.Key);
        Assert.Null(await _rack.Orders.FindAsync(Id, default));
        Assert.Null(await _rack.Orders.ReadKeyAsync(Id, default));
        await Assert.ThrowsAsync<EngineException>(() => _rack.Certificates.ReadAsync(Id, 2, default));
    }

    [Fact]
    public async Task Only_namespaces_of_the_rack_are_read()
    {
        var other = await TestRack.CreateAsync(_home.Server);
        using var disposed = other;
        var chain = ConvoxSecrets.CreateChain();
        await Admin.CreateAsync(ConvoxSecrets.CreateTls(other.Namespace, "theirs", chain.Full, chain.Key), default);
        await Admin.CreateAsync(ConvoxSecrets.CreateTls(_home.Namespace, "ours", chain.Full, chain.Key), default);

        Assert.Null(await _rack.Certificates.FindAsync($"theirs@{other.Namespace}", default));
        Assert.Null(await _rack.Certificates.FindAsync($"ours@{_home.Namespace}", default));
        Assert.Null(await _rack.Certificates.FindAsync("theirs@no-such-namespace", default));
        Assert.Equal([Id], (await _rack.Certificates.ListOfAppsAsync(null, default).ToListAsync()).Select(e => e.Record.Id));
    }

    [Fact]
    public async Task Certificates_of_apps_are_never_written()
    {
        using var material = ConvoxSecrets.CreateChain().ToMaterial();
        var entry = (await _rack.Certificates.FindAsync(Id, default))!;
        var writes = new Func<Task>[]
        {
            () => _rack.Certificates.AddVersionAsync(entry.Record, material, ConvoxSecrets.Now, ConvoxSecrets.Now, 3, default),
            () => _rack.Certificates.UpdateAsync(entry, default),
            () => _rack.Certificates.SwitchAsync(Id, 1, default),
            () => _rack.Certificates.RemoveAsync(Id, default),
            () => _rack.Orders.CreateAsync(new OrderRecord { Certificate = entry.Record, Started = ConvoxSecrets.Now }, null, default),
        };
        foreach (var write in writes)
        {
            var error = await Assert.ThrowsAsync<EngineException>(write);
            Assert.Equal(("CertificateOfApp", EngineErrorKind.InvalidState), (error.Code, error.Kind));
            Assert.Equal("CertificateOfApp", error.Remedy!.Key);
        }

        await _rack.Certificates.RemoveLeftoversAsync(Id, default);
        Assert.Equivalent(entry, await _rack.Certificates.FindAsync(Id, default), strict: true);
    }

    [Theory]
    [InlineData("a@b@c")]
    [InlineData("a@")]
    [InlineData("@b")]
    [InlineData("a@../b")]
    [InlineData("Cert-A")]
    [InlineData("cert_a")]
    [InlineData("cert-a\n")]
    public async Task An_id_that_is_not_a_valid_Secret_name_is_refused(string id)
    {
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => _rack.Certificates.FindAsync(id, default));
        Assert.Equal("InvalidCertificateId", error.Code);
    }

    [Fact]
    public async Task The_server_generates_the_ids_of_certificates_that_no_CA_issues()
    {
        var id = await _rack.Certificates.NewIdAsync(default);
        Assert.Matches("^cert-[a-z0-9]{5}$", id);
        Assert.Empty(await _home.SecretNamesAsync());
    }
}

/// <summary>Tests on the real API server, if there is one.</summary>
public sealed class KubernetesAppCertificateTests() : AppCertificateTests(() => KubernetesTestServers.CurrentAsync());

/// <summary>Tests on the scripted API server.</summary>
public sealed class ScriptedAppCertificateTests() : AppCertificateTests(() => KubernetesTestServers.ScriptedAsync());
