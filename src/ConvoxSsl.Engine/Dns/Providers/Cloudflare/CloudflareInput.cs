using ConvoxSsl.Engine.Dns.Solvers;

namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>Reads what users say about Cloudflare: an API token, or the global API key with the account's e-mail address.</summary>
public static class CloudflareInput
{
    /// <summary>The settings and the credential; exactly one of token and key must be given.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidCredential</c>, <c>InvalidEmail</c>. Neither shows the credential.</exception>
    public static (CloudflareSettings Settings, DnsSecret Secret) Parse(string? apiToken, string? apiKey, string? email) => (apiToken, apiKey, email) switch
    {
        (not null, not null, _) => throw Invalid("An API token and an API key were given, and Cloudflare takes one of them. Give -ApiToken alone, or -ApiKey with -Email."),
        (not null, null, not null) => throw Invalid("An e-mail address goes with -ApiKey, and an API token was given. Leave out -Email."),
        (null, not null, null) => throw Invalid("An API key needs the e-mail address of its account. Add -Email, or use an API token with -ApiToken."),
        (null, null, _) => throw Invalid("Cloudflare needs a credential. Give -ApiToken or -ApiTokenSecret, or -ApiKey or -ApiKeySecret with -Email."),
        ({ } token, _, _) => (new CloudflareSettings(), Secret(token)),
        (_, { } key, { } address) => (new CloudflareSettings { Email = Address(address) }, Secret(key)),
    };

    private static DnsSecret Secret(string text) => text.Length > 0 && text.All(c => c is > ' ' and < (char)127)
        ? new DnsSecret(text)
        : throw Invalid("The Cloudflare credential is empty or holds a character that no token has, such as a space or a line end. Copy it again.");

    private static string Address(string text) => text.Split('@') is [{ Length: > 0 }, { Length: > 0 } host] && host.Contains('.', StringComparison.Ordinal) && !text.Any(char.IsWhiteSpace)
        ? text
        : throw new InvalidInputException(ErrorCode.InvalidEmail, $"'{text}' is not an e-mail address. Give the one that the Cloudflare account signs in with.", text);

    private static InvalidInputException Invalid(string message) => new(ErrorCode.InvalidCredential, message);
}
