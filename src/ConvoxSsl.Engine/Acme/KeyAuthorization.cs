using System.Text.Json.Serialization;

namespace ConvoxSsl.Engine.Acme;

/// <summary>
/// The key authorization of a challenge (RFC 8555 section 8.1), which is published to prove control of a name. It is public.
/// </summary>
/// <param name="Type">The challenge type.</param>
/// <param name="Name">The name to validate, without a wildcard label.</param>
/// <param name="Token">The challenge's token: base64url.</param>
/// <param name="Value">The token, a dot, and the thumbprint of the account's key.</param>
public sealed record KeyAuthorization(string Type, string Name, string Token, string Value)
{
    /// <summary>The challenge type.</summary>
    public string Type { get; init => field = JsonGuard.NotNull(value); } = JsonGuard.NotNull(Type);

    /// <summary>The name to validate, without a wildcard label.</summary>
    public string Name { get; init => field = JsonGuard.NotNull(value); } = JsonGuard.NotNull(Name);

    /// <summary>The challenge's token: base64url.</summary>
    public string Token { get; init => field = JsonGuard.NotNull(value); } = JsonGuard.NotNull(Token);

    /// <summary>The token, a dot, and the thumbprint of the account's key.</summary>
    [JsonPropertyName("keyAuthorization")]
    public string Value { get; init => field = JsonGuard.NotNull(value); } = JsonGuard.NotNull(Value);

    /// <summary>
    /// The place where it is published, in the solver's own format, so that it can be removed from there even if the solver
    /// has changed since, and what the solver created for it; null if the other members are sufficient.
    /// </summary>
    public string? Location { get; init; }
}
