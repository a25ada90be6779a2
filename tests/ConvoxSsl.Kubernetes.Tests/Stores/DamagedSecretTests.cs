using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Kubernetes.Tests.Racks;
using ConvoxSsl.TestKit.Kubernetes;

namespace ConvoxSsl.Kubernetes.Tests.Stores;

/// <summary>The module's own Secrets, intact and damaged.</summary>
public sealed class DamagedSecretTests : IAsyncLifetime
{
    private const string Rubbish = "sEcReT{";

    private static readonly Uri Ca = new("https://ca.example/directory");
    private static readonly DateTimeOffset Now = ConvoxSecrets.Now;

    private TestRack _home = null!;
    private KubernetesRack _rack = null!;

    public async Task InitializeAsync()
    {
        _home = await TestRack.CreateAsync(await KubernetesTestServers.CurrentAsync());
        _rack = _home.Open();
        using var key = PrivateKey.Generate(KeyAlgorithm.EcdsaP256);
        await _rack.Accounts.SaveAsync(new AccountRecord { DirectoryUrl = Ca, Created = Now }, key, default);
        await _rack.Orders.CreateAsync(
            new OrderRecord
            {
                Certificate = new CertificateRecord { Id = "cert-a", Domains = ["a.example.org"], Issuer = "letsencrypt" },
                Started = Now,
            },
            key,
            default);
        await _rack.Limits.UpdateAsync(r => r, null, default);
        await _rack.Webhooks.SaveAsync(
            new WebhookRecord { Url = new Uri("https://hooks.example/"), Events = [NoticeKind.Failed], Created = Now },
            WebhookSecret.Generate(),
            default);
    }

    public Task DisposeAsync()
    {
        _home.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task The_modules_Secrets_are_labelled_and_have_a_type_that_Convox_does_not_list()
    {
        var secrets = await _home.Server.Admin.ListAsync(_home.SecretsPath, default);
        Assert.Equal(["account", "limits", "order", "webhook"], secrets.Select(s => (string)s["metadata"]!["labels"]!["convoxssl/kind"]!));
        Assert.All(secrets, s =>
        {
            Assert.Equal("Opaque", (string?)s["type"]);
            Assert.StartsWith("convoxssl-", (string)s["metadata"]!["name"]!, StringComparison.Ordinal);
            Assert.Equal("convoxssl", (string?)s["metadata"]!["labels"]!["app.kubernetes.io/managed-by"]);
        });
        Assert.Matches("^convoxssl-account-[0-9a-f]{32}$", (string)secrets[0]["metadata"]!["name"]!);
        Assert.Equal(
            ["convoxssl-limits", "convoxssl-order-cert-a", "convoxssl-webhook"],
            secrets.Skip(1).Select(s => (string)s["metadata"]!["name"]!));
    }

    [Fact]
    public async Task Damaged_Secrets_are_named_and_not_quoted()
    {
        foreach (var name in await _home.SecretNamesAsync())
        {
            await DamageAsync(name);
        }

        var damages = new List<EngineException>();
        Assert.Empty(await _rack.Accounts.ListAsync(damages.Add, default).ToListAsync());
        Assert.Empty(await _rack.Orders.ListAsync(damages.Add, default).ToListAsync());
        var failures = new[]
        {
            await FailAsync(() => _rack.Accounts.FindAsync(Ca, default), "AccountDamaged"),
            await FailAsync(() => _rack.Accounts.ReadKeyAsync(Ca, default), "AccountDamaged"),
            await FailAsync(() => _rack.Orders.FindAsync("cert-a", default), "OrderDamaged"),
            await FailAsync(() => _rack.Orders.ReadKeyAsync("cert-a", default), "OrderDamaged"),
            await FailAsync(() => _rack.Limits.ReadAsync(default), "LimitsDamaged"),
            await FailAsync(() => _rack.Webhooks.FindAsync(default), "WebhookDamaged"),
            await FailAsync(() => _rack.Webhooks.ReadSecretAsync(default), "SecretDamaged"),
        };

        Assert.Equal(["AccountDamaged", "OrderDamaged"], damages.Select(d => d.Code));
        Assert.All(failures.Concat(damages), f =>
        {
            Assert.Equal(EngineErrorKind.InvalidData, f.Kind);
            Assert.Contains($"'{f.Value}' in the namespace '{_home.Namespace}'", f.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(Rubbish, f.ToString(), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Damaged_limits_are_kept_aside_and_replaced()
    {
        await DamageAsync("convoxssl-limits");
        var messages = new List<string>();
        await _rack.Limits.UpdateAsync(_ => new LimitRecords(), e => messages.Add(e.Code), default);

        Assert.Equal(["LimitsDamaged"], messages);
        Assert.Empty((await _rack.Limits.ReadAsync(default)).Uses);
        Assert.Equal(Rubbish, ConvoxSecrets.DecodeText((await _home.FindSecretAsync("convoxssl-limits"))!, "limits.json.damaged"));
    }

    [Fact]
    public async Task Very_many_limits_fit_into_one_Secret()
    {
        var uses = Enumerable.Range(0, 10_000)
            .Select(i =>
                new LimitUse
                {
                    DirectoryUrl = Ca,
                    Limit = LimitKind.ExactSet,
                    Subject = $"host-{i}.example.org",
                    Used = Now,
                    FullAgain = Now.AddMinutes(i),
                })
            .ToList();
        await _rack.Limits.UpdateAsync(_ => new LimitRecords { Uses = uses }, null, default);
        Assert.Equal(uses, (await _rack.Limits.ReadAsync(default)).Uses);

        await DamageAsync("convoxssl-limits");
        await FailAsync(() => _rack.Limits.ReadAsync(default), "LimitsDamaged");
        await _rack.Limits.UpdateAsync(_ => new LimitRecords { Uses = [uses[0]] }, null, default);
        Assert.Equal([uses[0]], (await _rack.Limits.ReadAsync(default)).Uses);
    }

    [Fact]
    public async Task An_order_is_stored_with_its_key_and_a_new_one_inherits_nothing()
    {
        var order = (await _rack.Orders.FindAsync("cert-a", default))!;
        await _rack.Orders.CreateAsync(order with { Version = 2 }, null, default);
        Assert.Null(await _rack.Orders.ReadKeyAsync("cert-a", default));
        Assert.Equal(2, (await _rack.Orders.FindAsync("cert-a", default))!.Version);
    }

    [Fact]
    public async Task A_foreign_Secret_with_the_same_name_is_left_unchanged()
    {
        await _rack.Webhooks.RemoveAsync(default);
        await _home.Server.Admin.CreateAsync(
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Secret",
                ["metadata"] = new JsonObject { ["namespace"] = _home.Namespace, ["name"] = "convoxssl-webhook" },
            },
            default);
        Assert.Null(await _rack.Webhooks.FindAsync(default));
        await _rack.Webhooks.RemoveAsync(default);
        await FailAsync(
            () => _rack.Webhooks.SaveAsync(new WebhookRecord { Url = Ca, Events = [], Created = Now }, null, default), "SecretTaken");
        Assert.NotNull(await _home.FindSecretAsync("convoxssl-webhook"));
    }

    private static async Task<EngineException> FailAsync(Func<Task> action, string code)
    {
        var failure = await Assert.ThrowsAsync<EngineException>(action);
        Assert.Equal(code, failure.Code);
        return failure;
    }

    private async Task DamageAsync(string name)
    {
        var data = (await _home.FindSecretAsync(name))!["data"]!.AsObject().Select(d => d.Key).ToList();
        await _home.Server.Admin.PatchAsync(
            $"{_home.SecretsPath}/{name}",
            new JsonObject
            {
                ["data"] = new JsonObject(data.Select(k => KeyValuePair.Create(k, (JsonNode?)ConvoxSecrets.Base64(Rubbish)))),
            },
            default);
    }
}
