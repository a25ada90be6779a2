using ConvoxSsl.Engine.Dns.Solvers;

namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>
/// What Cloudflare knows the caller by: an API token, or an account's e-mail address with its global API key
/// (<see href="https://developers.cloudflare.com/fundamentals/api/get-started/"/>). No text shows the secret.
/// </summary>
public sealed class CloudflareCredential
{
    private readonly string _secret;

    private CloudflareCredential(string? email, DnsSecret secret) => (Email, _secret) = (email?.Trim(), secret.Value.Trim());

    /// <summary>An API token.</summary>
    public static CloudflareCredential Token(DnsSecret token) => new(null, token);

    /// <summary>The global API key of the account with that e-mail address.</summary>
    public static CloudflareCredential GlobalKey(string email, DnsSecret key) => new(email, key);

    /// <summary>The account's e-mail address where this is its global API key; null where it is an API token.</summary>
    public string? Email { get; }

    /// <summary>What it is called in messages.</summary>
    internal string Noun => Email is null ? "API token" : "global API key";

    /// <summary>Whether a header can carry it: a copied line break or a missing value is seen before anything is sent.</summary>
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

    /// <summary>The text with every occurrence of the secret blotted out: what comes from outside may echo it.</summary>
    internal string Redact(string text) => Redaction.Redact(text, [_secret]);

    private static bool IsHeaderText(string text) => text.Length > 0 && text.All(c => c is > ' ' and <= '~');
}
