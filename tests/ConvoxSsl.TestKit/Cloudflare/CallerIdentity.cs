namespace ConvoxSsl.TestKit.Cloudflare;

/// <summary>The caller with its permissions.</summary>
/// <param name="Grant">The permissions.</param>
/// <param name="Email">The account's email address if its global API key was used; null for a token.</param>
internal sealed record CallerIdentity(CloudflareGrant Grant, string? Email)
{
    /// <summary>Reads the headers as the API does.</summary>
    /// <exception cref="RejectedException">They identify no caller.</exception>
    public static CallerIdentity Of(CloudflareApiRequest call, CloudflareState state)
    {
        var (bearer, email, key) = (call.Header("Authorization"), call.Header("X-Auth-Email"), call.Header("X-Auth-Key"));
        if (bearer is not null && email is null && key is null)
        {
            return OfToken(bearer, call.Path == "/user/tokens/verify", state);
        }

        if (bearer is not null || email is null || key is null)
        {
            throw RejectedException.Of(401, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers");
        }

        return state.Keys.TryGetValue(email, out var registered) && registered == key
            ? new CallerIdentity(new CloudflareGrant(), email)
            : throw RejectedException.Of(403, 9103, "Unknown X-Auth-Key or X-Auth-Email");
    }

    private static CallerIdentity OfToken(string bearer, bool isVerification, CloudflareState state)
    {
        if (!bearer.StartsWith("Bearer ", StringComparison.Ordinal) || bearer.Length < "Bearer ".Length + 20)
        {
            throw new RejectedException(CloudflareApiResponse.Error(
                400, 6003, "Invalid request headers", 6111, "Invalid format for Authorization header"));
        }

        if (!state.Tokens.TryGetValue(bearer["Bearer ".Length..], out var grant) || (isVerification && grant.IsAccountOwned))
        {
            throw isVerification
                ? RejectedException.Of(401, 1000, "Invalid API Token")
                : RejectedException.Of(403, 9109, "Invalid access token");
        }

        return grant.Status == "active" || isVerification
            ? new CallerIdentity(grant, null)
            : throw RejectedException.Of(401, 10000, "Authentication error");
    }
}
