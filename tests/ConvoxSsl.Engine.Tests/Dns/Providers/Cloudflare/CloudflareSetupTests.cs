using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Providers.Cloudflare;
using ConvoxSsl.Engine.Dns.Providers.Route53;

namespace ConvoxSsl.Engine.Tests.Dns.Providers.Cloudflare;

public class CloudflareSetupTests
{
    [Fact]
    public void The_descriptor_creates_providers_for_Cloudflare_only()
    {
        var descriptor = CloudflareProvider.CreateDescriptor(new CloudflareOptions());

        Assert.NotEqual(descriptor.Name, new Route53Settings().Provider);
        Assert.Equal(descriptor.Name, new CloudflareSettings().Provider);
        using var provider = descriptor.CreateProvider(
            7, new CloudflareSettings(), new DnsSecret(CloudflareFixture.Token), TestDnsProviders.NoZones);
        Assert.IsType<CloudflareProvider>(provider);
    }

    [Theory]
    [InlineData(CloudflareFixture.Token, null)]
    [InlineData(CloudflareFixture.Key, CloudflareFixture.Email)]
    public async Task The_secret_is_a_global_key_if_there_is_an_email_address(string secret, string? email)
    {
        await using var fixture = await CloudflareFixture.StartAsync();
        var descriptor = CloudflareProvider.CreateDescriptor(new CloudflareOptions { BaseUrl = fixture.Server.BaseUrl });

        using var provider = descriptor.CreateProvider(
            7, new CloudflareSettings { Email = email }, new DnsSecret(secret), TestDnsProviders.NoZones);

        Assert.Equal("example.org", (await provider.FindZoneAsync("www.example.org", CancellationToken.None)).Name);
    }

    [Fact]
    public void A_missing_secret_is_reported_with_the_solver()
    {
        var error = Assert.Throws<EngineException>(() =>
            CloudflareProvider.CreateDescriptor(new CloudflareOptions())
                .CreateProvider(7, new CloudflareSettings(), null, TestDnsProviders.NoZones));

        Assert.Equal("DnsCredentialsRefused", error.Code);
        Assert.Contains("solver 7", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://api.example.org/client/v4")]
    [InlineData("ftp://127.0.0.1/")]
    [InlineData("https://user:password@api.example.org/")]
    public void The_credential_is_not_sent_unencrypted(string url)
    {
        var options = new CloudflareOptions { BaseUrl = new Uri(url) };

        var error =
            Assert.Throws<EngineException>(() => new CloudflareProvider(new CloudflareCredential(null, new DnsSecret("token")), options));

        Assert.Equal("DnsProviderFailed", error.Code);
        Assert.DoesNotContain("password", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://api.example.org/v4/", "https://api.example.org/v4")]
    [InlineData("http://127.0.0.1:8080/client/v4", "http://127.0.0.1:8080/client/v4")]
    [InlineData("http://localhost:8080", "http://localhost:8080")]
    public void BaseUrl_replaces_the_whole_URL(string url, string expected) =>
        Assert.Equal(expected, new CloudflareOptions { BaseUrl = new Uri(url) }.ResolveBaseUrl());

    [Fact]
    public void The_environment_sets_the_default_base_URL()
    {
        var before = Environment.GetEnvironmentVariable("CLOUDFLARE_BASE_URL");
        try
        {
            Environment.SetEnvironmentVariable("CLOUDFLARE_BASE_URL", null);
            Assert.Equal("https://api.cloudflare.com/client/v4", new CloudflareOptions().ResolveBaseUrl());
            Environment.SetEnvironmentVariable("CLOUDFLARE_BASE_URL", "http://127.0.0.1:1/v4/");
            Assert.Equal("http://127.0.0.1:1/v4", new CloudflareOptions().ResolveBaseUrl());
            Environment.SetEnvironmentVariable("CLOUDFLARE_BASE_URL", "http://api.example.org");
            Assert.Contains(
                "CLOUDFLARE_BASE_URL",
                Assert.Throws<EngineException>(() => new CloudflareOptions().ResolveBaseUrl()).Remedy?.Text,
                StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("CLOUDFLARE_BASE_URL", before);
        }
    }

    [Fact]
    public void ToString_does_not_show_the_secret()
    {
        var secret = new DnsSecret(CloudflareFixture.Token);

        Assert.Equal("API token ***", new CloudflareCredential(null, secret).ToString());
        Assert.Equal("global API key *** of dns@example.org", new CloudflareCredential(CloudflareFixture.Email, secret).ToString());
    }
}
