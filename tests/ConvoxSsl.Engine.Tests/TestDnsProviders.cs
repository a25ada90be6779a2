using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Providers.Cloudflare;
using ConvoxSsl.Engine.Dns.Providers.Route53;
using ConvoxSsl.Engine.Dns.Providers.Scripts;

namespace ConvoxSsl.Engine.Tests;

/// <summary>The DNS providers of the module, for racks that only store their settings.</summary>
public static class TestDnsProviders
{
    /// <summary>Gets all providers. Only the one for Cloudflare can be created.</summary>
    public static IReadOnlyList<DnsProviderDescriptor> All { get; } =
    [
        CloudflareProvider.CreateDescriptor(new CloudflareOptions()),
        DnsProviderDescriptor.Create(
            Route53Settings.ProviderName, Route53SettingsJson.Default.Route53Settings, (_, _, _, _) => throw new NotSupportedException()),
        DnsProviderDescriptor.Create(
            ScriptSettings.ProviderName, ScriptSettingsJson.Default.ScriptSettings, (_, _, _, _) => throw new NotSupportedException()),
        DnsProviderDescriptor.Create(
            PoshAcmeSettings.ProviderName, ScriptSettingsJson.Default.PoshAcmeSettings, (_, _, _, _) => throw new NotSupportedException()),
    ];

    /// <summary>Gets the look-up of zones for providers that do not use it.</summary>
    public static IZoneLookup NoZones { get; } = new NoZoneLookup();

    private sealed class NoZoneLookup : IZoneLookup
    {
        public Task<string> FindZoneAsync(string name, CancellationToken ct) => throw new NotSupportedException();

        public Task<IReadOnlyList<string>> FindNameServersAsync(string zone, CancellationToken ct) => throw new NotSupportedException();
    }
}
