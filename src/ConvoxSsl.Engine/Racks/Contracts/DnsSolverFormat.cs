using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using ConvoxSsl.Engine.Dns.Providers;
using ConvoxSsl.Engine.Dns.Solvers;

namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>Converts DNS solvers to and from their JSON form, for the providers that are registered.</summary>
/// <param name="providers">The providers.</param>
public sealed class DnsSolverFormat(IReadOnlyList<DnsProviderDescriptor> providers)
{
    /// <summary>Reads a solver. Its settings are null if its provider is not registered.</summary>
    /// <exception cref="JsonException">The settings are not valid.</exception>
    public DnsSolver Read(StoredDnsSolver stored)
    {
        DnsProviderSettings? settings = null;
        foreach (var provider in providers)
        {
            if (settings is null && stored.Members.TryGetValue(provider.MemberName, out var json) && json.ValueKind != JsonValueKind.Null)
            {
                settings = (DnsProviderSettings?)json.Deserialize(provider.SettingsType);
            }
        }

        return new DnsSolver { Id = stored.Id, DnsZones = stored.DnsZones, Settings = settings, VaultSecret = stored.VaultSecret };
    }

    /// <summary>Gets the JSON form of a solver.</summary>
    /// <exception cref="InvalidOperationException">The solver's provider is not registered.</exception>
    public StoredDnsSolver Write(DnsSolver solver)
    {
        var members = new Dictionary<string, JsonElement>();
        if (solver.Settings is { } settings)
        {
            var provider = providers.FirstOrDefault(p => p.Name == settings.Provider)
                ?? throw new InvalidOperationException($"The DNS provider {settings.Provider} is not registered.");
            members[provider.MemberName] = JsonSerializer.SerializeToElement(settings, provider.SettingsType);
        }

        return new StoredDnsSolver { Id = solver.Id, DnsZones = solver.DnsZones, VaultSecret = solver.VaultSecret, Members = members };
    }

    /// <summary>Copies members that only another version of the module knows.</summary>
    /// <param name="before">The document that is replaced; null if there is none.</param>
    /// <param name="after">The document that replaces it.</param>
    /// <param name="type">The JSON form of both.</param>
    public void KeepUnknown(JsonObject? before, JsonObject after, JsonTypeInfo<StoredDnsSolver> type) =>
        UnknownMembers.Keep(before, after, type, name => providers.FirstOrDefault(p => p.MemberName == name)?.SettingsType);
}
