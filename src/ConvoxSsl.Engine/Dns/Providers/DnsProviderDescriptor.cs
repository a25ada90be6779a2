using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ConvoxSsl.Engine.Dns.Providers;

/// <summary>Describes a DNS provider to the rest of the module: its name, the JSON form of its settings, and its factory.</summary>
public sealed class DnsProviderDescriptor
{
    private readonly Func<int, DnsProviderSettings, DnsSecret?, IDnsProvider> _create;

    private DnsProviderDescriptor(string name, JsonTypeInfo settingsType, Func<int, DnsProviderSettings, DnsSecret?, IDnsProvider> create)
    {
        Name = name;
        SettingsType = settingsType;
        _create = create;
    }

    /// <summary>The provider's name, such as <c>Route53</c>.</summary>
    public string Name { get; }

    /// <summary>The JSON form of the settings.</summary>
    public JsonTypeInfo SettingsType { get; }

    /// <summary>The member that holds the settings in the JSON form of a solver, such as <c>route53</c>.</summary>
    public string MemberName => JsonNamingPolicy.CamelCase.ConvertName(Name);

    /// <summary>Creates a descriptor.</summary>
    /// <typeparam name="TSettings">The type of the provider's settings.</typeparam>
    /// <param name="name">The provider's name.</param>
    /// <param name="settingsType">The JSON form of the settings.</param>
    /// <param name="create">Creates a provider from a solver's id, its settings and its credential; it sends no request.</param>
    public static DnsProviderDescriptor Create<TSettings>(
        string name, JsonTypeInfo<TSettings> settingsType, Func<int, TSettings, DnsSecret?, IDnsProvider> create)
        where TSettings : DnsProviderSettings =>
        new(name, settingsType, (solverId, settings, secret) => create(solverId, (TSettings)settings, secret));

    /// <summary>Creates a provider; sends no request.</summary>
    /// <param name="solverId">The solver's id, for messages.</param>
    /// <param name="settings">Settings of this provider.</param>
    /// <param name="secret">The credential; null if the solver has none.</param>
    /// <exception cref="EngineException"><c>DnsCredentialsRefused</c>: the provider needs a credential.</exception>
    public IDnsProvider CreateProvider(int solverId, DnsProviderSettings settings, DnsSecret? secret) =>
        _create(solverId, settings, secret);
}
