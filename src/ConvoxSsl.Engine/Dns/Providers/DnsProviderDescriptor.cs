using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ConvoxSsl.Engine.Dns.Providers;

/// <summary>Describes a DNS provider to the rest of the module: its name, the JSON form of its settings, and its factory.</summary>
public sealed class DnsProviderDescriptor
{
    private DnsProviderDescriptor(
        string name, JsonTypeInfo settingsType, Func<int, DnsProviderSettings, DnsSecret?, IZoneLookup, IDnsProvider> create)
    {
        Name = name;
        SettingsType = settingsType;
        CreateProvider = create;
    }

    /// <summary>The provider's name, such as <c>Route53</c>.</summary>
    public string Name { get; }

    /// <summary>The JSON form of the settings.</summary>
    public JsonTypeInfo SettingsType { get; }

    /// <summary>The member that holds the settings in the JSON form of a solver, such as <c>route53</c>.</summary>
    public string MemberName => JsonNamingPolicy.CamelCase.ConvertName(Name);

    /// <summary>
    /// Creates a provider from a solver's id, its settings, its credential, which is null if it has none, and the look-up of zones;
    /// sends no request. Throws an <see cref="EngineException"/> with the code <c>DnsCredentialsRefused</c> if the provider needs a
    /// credential.
    /// </summary>
    public Func<int, DnsProviderSettings, DnsSecret?, IZoneLookup, IDnsProvider> CreateProvider { get; }

    /// <summary>Creates a descriptor.</summary>
    /// <typeparam name="TSettings">The type of the provider's settings.</typeparam>
    /// <param name="name">The provider's name.</param>
    /// <param name="settingsType">The JSON form of the settings.</param>
    /// <param name="create">
    /// Creates a provider from a solver's id, its settings, its credential and the look-up of zones; it sends no request.
    /// </param>
    public static DnsProviderDescriptor Create<TSettings>(
        string name, JsonTypeInfo<TSettings> settingsType, Func<int, TSettings, DnsSecret?, IZoneLookup, IDnsProvider> create)
        where TSettings : DnsProviderSettings =>
        new(name, settingsType, (solverId, settings, secret, zones) => create(solverId, (TSettings)settings, secret, zones));
}
