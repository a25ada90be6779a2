namespace ConvoxSsl.Engine.Acme;

/// <summary>What is published so that the CA sees control of a name. No secret: the whole world may read it.</summary>
/// <param name="Type">The challenge type.</param>
/// <param name="Name">The name that is proved, without a wildcard label.</param>
/// <param name="Token">The challenge's token: base64url.</param>
/// <param name="KeyAuthorization">Token and thumbprint of the account's key (RFC 8555 section 8.1).</param>
public sealed record ChallengeResponse(string Type, string Name, string Token, string KeyAuthorization)
{
    /// <summary>The challenge type.</summary>
    public string Type { get; init => field = JsonGuard.NotNull(value); } = JsonGuard.NotNull(Type);

    /// <summary>The name that is proved, without a wildcard label.</summary>
    public string Name { get; init => field = JsonGuard.NotNull(value); } = JsonGuard.NotNull(Name);

    /// <summary>The challenge's token: base64url.</summary>
    public string Token { get; init => field = JsonGuard.NotNull(value); } = JsonGuard.NotNull(Token);

    /// <summary>Token and thumbprint of the account's key (RFC 8555 section 8.1).</summary>
    public string KeyAuthorization { get; init => field = JsonGuard.NotNull(value); } = JsonGuard.NotNull(KeyAuthorization);

    /// <summary>
    /// Where it is published, in the words of the solver that does it, so that it can be removed from there later even
    /// if it would be published elsewhere by then; null where its own members tell.
    /// </summary>
    public string? Location { get; init; }
}
