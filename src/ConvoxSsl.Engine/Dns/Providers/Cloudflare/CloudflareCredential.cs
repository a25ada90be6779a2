namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>
/// The credential of the caller: an API token, or an account's email address with its global API key
/// (<see href="https://developers.cloudflare.com/fundamentals/api/get-started/"/>). <see cref="ToString"/> does not show the secret.
/// </summary>
public sealed class CloudflareCredential
{
    private readonly string _secret;

    /// <summary>Creates a credential.</summary>
    /// <param name="email">The account's email address for a global API key; null for an API token.</param>
    /// <param name="secret">The API token or the global API key.</param>
    public CloudflareCredential(string? email, DnsSecret secret) => (Email, _secret) = (email?.Trim(), secret.Value.Trim());

    /// <summary>The account's email address for a global API key; null for an API token.</summary>
    public string? Email { get; }

    /// <summary>The credential's name in messages.</summary>
    internal string Noun => Email is null ? "API token" : "global API key";

    /// <summary>True if a header can contain it. Detects a copied line break or a missing value before a request is sent.</summary>
    internal bool IsUsable => IsHeaderText(_secret) && (Email is null || IsHeaderText(Email));

    /// <inheritdoc/>
    public override string ToString() => Email is null ? "API token ***" : $"global API key *** of {Email}";

    internal void Authorize(HttpRequestMessage request)
    {
        if (Email is null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + _secret);
            return;
        }

        request.Headers.TryAddWithoutValidation("X-Auth-Email", Email);
        request.Headers.TryAddWithoutValidation("X-Auth-Key", _secret);
    }

    /// <summary>Redacts the secret in a text from the API, which may echo it.</summary>
    internal string Redact(string text) => Redaction.Redact(text, [_secret]);

    private static bool IsHeaderText(string text) => text.Length > 0 && text.All(c => c is > ' ' and <= '~');
}
