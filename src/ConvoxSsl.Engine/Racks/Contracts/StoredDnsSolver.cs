using System.Text.Json;
using System.Text.Json.Serialization;
using ConvoxSsl.Engine.Dns.Solvers;

namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>The JSON form of a <see cref="DnsSolver"/>; a member named after the provider holds the settings.</summary>
public sealed record StoredDnsSolver
{
    /// <inheritdoc cref="DnsSolver.Id"/>
    public required int Id { get; init; }

    /// <inheritdoc cref="DnsSolver.DnsZones"/>
    public required IReadOnlyList<string> DnsZones { get; init => field = JsonGuard.Items(value); }

    /// <inheritdoc cref="DnsSolver.VaultSecret"/>
    public VaultSecret? VaultSecret { get; init; }

    /// <summary>
    /// All other members: the settings, and those of other versions of the module. The serializer cannot set it in an
    /// initializer.
    /// </summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement> Members { get; set; } = new Dictionary<string, JsonElement>();
}
