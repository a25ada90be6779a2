using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Racks.Local;
using ConvoxSsl.TestKit;

namespace ConvoxSsl.Engine.Tests.Racks;

/// <summary>The webhook of a local rack.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class LocalWebhookStoreTests : IDisposable
{
    private readonly TemporaryDirectory _home = new();
    private readonly LocalRack _rack;

    public LocalWebhookStoreTests() => _rack = new LocalRack("local", Root, TestDnsProviders.All);

    private string Root => _home["rack"];

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task The_webhook_and_its_secret_are_in_two_private_files()
    {
        await _rack.PrepareAsync(default);
        await _rack.Webhooks.SaveAsync(
            new WebhookRecord
            {
                Url = new Uri("https://hooks.example/t0ken"),
                Events = [NoticeKind.Renewed],
                Created = DateTimeOffset.UnixEpoch,
            },
            WebhookSecret.Generate(),
            default);

        Assert.DoesNotContain("whsec_", await File.ReadAllTextAsync(Path.Combine(Root, "webhook.json")), StringComparison.Ordinal);
        Assert.All(
            [Path.Combine(Root, "webhook.json"), Path.Combine(Root, "secrets", "webhook.json")],
            f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(f)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"url\":\"t0ken\",\"events\":[],\"created\":\"2026-01-01T00:00:00Z\"}")]
    [InlineData("{\"url\":\"https://hooks.example/t0ken\",\"events\":null,\"created\":\"2026-01-01T00:00:00Z\"}")]
    [InlineData("{\"url\":\"https://hooks.example/t0ken\",\"events\":[\"t0ken\"],\"created\":\"2026-01-01T00:00:00Z\"}")]
    [InlineData("{\"url\":\"https://hooks.example/t0ken")]
    public async Task A_damaged_webhook_is_reported_without_quoting_it_and_can_be_removed(string contents)
    {
        await _rack.PrepareAsync(default);
        await File.WriteAllTextAsync(Path.Combine(Root, "webhook.json"), contents);

        var error = await Assert.ThrowsAsync<EngineException>(() => _rack.Webhooks.FindAsync(default));
        Assert.Equal("WebhookDamaged", error.Code);
        Assert.DoesNotContain("t0ken", error.ToString(), StringComparison.Ordinal);
        await _rack.Webhooks.RemoveAsync(default);
        Assert.Null(await _rack.Webhooks.FindAsync(default));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"value\":\"whsec_short\"}")]
    public async Task A_damaged_signing_secret_is_reported_with_its_remedy(string contents)
    {
        await _rack.PrepareAsync(default);
        await File.WriteAllTextAsync(Path.Combine(Root, "secrets", "webhook.json"), contents);

        var error = await Assert.ThrowsAsync<EngineException>(() => _rack.Webhooks.ReadSecretAsync(default));
        Assert.Equal("SecretDamaged", error.Code);
        Assert.Equal("SecretDamaged.Webhook", error.Remedy!.Key);
        Assert.DoesNotContain("whsec_short", error.ToString(), StringComparison.Ordinal);
    }
}
