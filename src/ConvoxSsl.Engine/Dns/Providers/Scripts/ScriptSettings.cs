using System.Text.Json.Serialization;

namespace ConvoxSsl.Engine.Dns.Providers.Scripts;

/// <summary>User scripts that add and remove one TXT value each; they receive <c>$Name</c> and <c>$Value</c>.</summary>
/// <param name="Present">The script that adds a value.</param>
/// <param name="CleanUp">The script that removes a value.</param>
public sealed record ScriptSettings(string Present, string CleanUp) : DnsProviderSettings
{
    /// <summary>The provider's name.</summary>
    public const string ProviderName = "Script";

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Provider => ProviderName;

    /// <summary>The script that adds a value.</summary>
    public string Present { get; init => field = JsonGuard.NotNull(value); } = JsonGuard.NotNull(Present);

    /// <summary>The script that removes a value.</summary>
    public string CleanUp { get; init => field = JsonGuard.NotNull(value); } = JsonGuard.NotNull(CleanUp);
}
