using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Acme;

namespace ConvoxSsl.Kubernetes.Connection;

/// <summary>Provides the Authorization header of requests to the API server.</summary>
internal interface IRequestTokens
{
    /// <summary>Gets the current header.</summary>
    /// <exception cref="EngineException"><c>ClusterUnauthorized</c>, <c>CredentialPluginFailed</c>.</exception>
    Task<AuthenticationHeaderValue> GetAsync(CancellationToken ct);
}

/// <summary>A header that does not change: a token, or a user name and password.</summary>
internal sealed class FixedTokens(AuthenticationHeaderValue header) : IRequestTokens
{
    /// <summary>Creates the header for a bearer token.</summary>
    public static FixedTokens FromToken(string token) => new(new AuthenticationHeaderValue("Bearer", token));

    /// <summary>Creates the header for a user name and a password.</summary>
    public static FixedTokens FromPassword(string user, string? password) =>
        new(new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))));

    /// <summary>Creates the header for an identity token of OpenID Connect that has not expired.</summary>
    /// <remarks>
    /// Only kubectl renews it: the identity provider may replace the refresh token, which would have to be stored in the
    /// kubeconfig.
    /// </remarks>
    /// <exception cref="EngineException"><c>ClusterUnauthorized</c>.</exception>
    public static FixedTokens FromIdToken(string user, string token, TimeProvider time)
    {
        if (ReadExpiry(token) is { } expires && expires <= time.GetUtcNow())
        {
            throw new EngineException(
                ErrorCode.ClusterUnauthorized,
                EngineErrorKind.Denied,
                $"The id-token of the kubeconfig's user '{user}' expired at {expires:u}.",
                user)
            {
                Remedy = "Run any kubectl command with this kubeconfig, which renews the token.",
            };
        }

        return FromToken(token);
    }

    /// <inheritdoc/>
    public Task<AuthenticationHeaderValue> GetAsync(CancellationToken ct) => Task.FromResult(header);

    private static DateTimeOffset? ReadExpiry(string token)
    {
        var parts = token.Split('.');
        try
        {
            byte[] payload = parts.ElementAtOrDefault(1) is { } text ? Base64Url.Decode(text) : [];
            return JsonNode.Parse(payload)?["exp"] is { } seconds
                ? DateTimeOffset.FromUnixTimeSeconds(seconds.GetValue<long>())
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            // The API server judges the token.
            return null;
        }
    }
}

/// <summary>A token in a file that another program renews; it is read again every minute, as kubectl does.</summary>
/// <param name="file">The file.</param>
/// <param name="fallback">The token to use while the file cannot be read; null if there is none.</param>
/// <param name="time">The clock.</param>
internal sealed class TokenFileTokens(string file, string? fallback, TimeProvider time) : IRequestTokens
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private volatile Reading? _last;

    /// <inheritdoc/>
    public async Task<AuthenticationHeaderValue> GetAsync(CancellationToken ct)
    {
        var last = _last;
        if (last is null || time.GetUtcNow() - last.Time >= Period)
        {
            var token = await ReadAsync(ct).ConfigureAwait(false) ?? last?.Token ?? fallback ?? throw Unreadable();
            last = new Reading(token, time.GetUtcNow());
            _last = last;
        }

        return new AuthenticationHeaderValue("Bearer", last.Token);
    }

    private async Task<string?> ReadAsync(CancellationToken ct)
    {
        try
        {
            return (await File.ReadAllTextAsync(file, ct).ConfigureAwait(false)).Trim() is { Length: > 0 } token ? token : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private EngineException Unreadable() => new(
        ErrorCode.ClusterUnauthorized, EngineErrorKind.Denied, $"The token file '{file}' is empty or cannot be read.", file);

    private sealed record Reading(string Token, DateTimeOffset Time);
}
