namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>Validates the user's input for Cloudflare: an API token, or the global API key with the account's email address.</summary>
public static class CloudflareInput
{
    /// <summary>Creates the settings and the credential; exactly one of token and key is required.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidCredential</c>, <c>InvalidEmail</c>. Neither shows the credential.</exception>
    public static (CloudflareSettings Settings, DnsSecret Secret) Parse(string? apiToken, string? apiKey, string? email) =>
        (apiToken, apiKey, email) switch
    {
        (not null, not null, _) => throw Invalid(
            "Cloudflare accepts either an API token or an API key, not both.",
            new Remedy("InvalidCredential.Both")),
        (not null, null, not null) => throw Invalid(
            "An email address is valid only with an API key, not with an API token.",
            new Remedy("InvalidCredential.EmailWithToken")),
        (null, not null, null) => throw Invalid(
            "An API key needs the email address of its account.",
            new Remedy("InvalidCredential.NoEmail")),
        (null, null, _) => throw Invalid("Cloudflare needs a credential.", new Remedy("InvalidCredential.Missing")),
        ({ } token, _, _) => (new CloudflareSettings(), ParseSecret(token)),
        (_, { } key, { } address) => (new CloudflareSettings { Email = ParseEmail(address) }, ParseSecret(key)),
    };

    private static DnsSecret ParseSecret(string text) => text.Length > 0 && text.All(c => c is > ' ' and < (char)127)
        ? new DnsSecret(text)
        : throw Invalid(
            "The Cloudflare credential is empty or contains a character that no token has, such as a space or a line break.",
            "Copy it again.");

    private static string ParseEmail(string text) => text.Split('@') is [{ Length: > 0 }, { Length: > 0 } host]
        && host.Contains('.', StringComparison.Ordinal)
        && !text.Any(char.IsWhiteSpace)
            ? text
            : throw new InvalidInputException(ErrorCode.InvalidEmail, $"'{text}' is not a valid email address.", text)
            {
                Remedy = "Use the one that signs in to the Cloudflare account.",
            };

    private static InvalidInputException Invalid(string message, Remedy? remedy) =>
        new(ErrorCode.InvalidCredential, message) { Remedy = remedy };
}
