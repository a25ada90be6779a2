using System.Text.Json.Serialization;

namespace ConvoxSsl.Engine.Dns.Providers;

/// <summary>The settings of a DNS solver for one provider. They contain no secret.</summary>
public abstract record DnsProviderSettings
{
    /// <summary>The provider's name, as in <see cref="DnsProviderDescriptor.Name"/>.</summary>
    [JsonIgnore]
    public abstract string Provider { get; }

    /// <summary>The kind of credential that the provider needs.</summary>
    [JsonIgnore]
    public virtual DnsSecretKind SecretKind => DnsSecretKind.None;

    /// <summary>True if cert-manager cannot use a solver with these settings, so that only the module's own engine can.</summary>
    [JsonIgnore]
    public virtual bool NeedsEngine => true;

    /// <summary>The name under which a rack stores the credential of a solver; null if the provider needs none.</summary>
    public virtual string? GetSecretName(int solverId) => null;

    /// <summary>The settings to show and to complete, by the name of the cmdlet output's property.</summary>
    public virtual IReadOnlyDictionary<string, string?> GetColumns() => new Dictionary<string, string?>();
}
