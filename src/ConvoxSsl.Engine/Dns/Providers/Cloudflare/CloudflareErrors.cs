namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>What the API's refusals mean to the user, and what they can do about each.</summary>
internal static class CloudflareErrors
{
    /// <summary>No such record: somebody else has deleted it.</summary>
    public const long RecordGone = 81044;

    /// <summary>Such a record is there already, in the older and the newer numbering.</summary>
    public const long RecordExists = 81057;

    /// <inheritdoc cref="RecordExists"/>
    public const long IdenticalRecordExists = 81058;

    // Headers of the wrong form, an unknown key, no headers, and a request that nobody could be found for.
    private static readonly long[] CredentialCodes = [6003, 6100, 6101, 6102, 6103, 6111, 9103, 9106, 9107, 10001];

    public static string NameOf(CloudflarePermission permission) => permission switch
    {
        CloudflarePermission.ZoneRead => "Zone.Zone Read",
        CloudflarePermission.DnsEdit => "Zone.DNS Edit",
        _ => "User.API Tokens Read",
    };

    public static CloudflareException Of(CloudflareRequest request, CloudflareResponse answer, CloudflareCredential credential)
    {
        var said = Describe(answer, credential);
        CloudflareException Error(string code, EngineErrorKind kind, string detail, string remedy) =>
            new(code, kind, $"{detail} ({said}).", remedy, request.Subject, answer);

        if (IsCredentialRefused(request, answer))
        {
            return Error(ErrorCode.DnsCredentialsRefused, EngineErrorKind.Denied, $"Cloudflare refuses the {credential.Noun}", CredentialRemedy(credential, answer));
        }

        var about = request.Subject is null ? string.Empty : $" for '{request.Subject}'";
        return answer.Status switch
        {
            403 => Error(
                ErrorCode.DnsPermissionMissing,
                EngineErrorKind.Denied,
                $"The {credential.Noun} lacks the permission {NameOf(request.Needs)}{about}",
                PermissionRemedy(request.Needs, request.Subject, credential)),
            404 when request.Needs == CloudflarePermission.DnsEdit => Error(
                ErrorCode.DnsZoneNotFound, EngineErrorKind.NotFound, $"Cloudflare knows no such zone or record{about}", ZoneRemedy),
            429 => Error(
                ErrorCode.DnsProviderFailed,
                EngineErrorKind.Busy,
                $"Cloudflare's limit on requests is reached{about}",
                "Try again in five minutes; programs under the same account share the limit."),
            >= 500 => Error(
                ErrorCode.DnsProviderFailed,
                EngineErrorKind.InvalidState,
                $"Cloudflare's API fails{about}",
                "Try again later; https://www.cloudflarestatus.com tells of disturbances."),
            >= 200 and < 300 when answer.Envelope is null => Error(
                ErrorCode.DnsProviderFailed,
                EngineErrorKind.InvalidData,
                $"The answer{about} is not one of Cloudflare's API",
                "Check CLOUDFLARE_BASE_URL and the proxies on the way."),
            _ => Error(ErrorCode.DnsProviderFailed, EngineErrorKind.InvalidState, $"Cloudflare refuses the request{about}", "Correct what it names, and try again."),
        };
    }

    public static CloudflareException Unreachable(CloudflareRequest request, string baseUrl, int tries, Exception cause) => new(
        ErrorCode.DnsProviderUnreachable,
        EngineErrorKind.TimedOut,
        $"Cloudflare's API at {baseUrl} gave no answer in {tries} tries: {cause.Message}".TrimEnd('.') + ".",
        "Check the network, the proxy settings and CLOUDFLARE_BASE_URL.",
        request.Subject,
        null,
        cause);

    public static CloudflareException Unusable(CloudflareCredential credential) => new(
        ErrorCode.DnsCredentialsRefused,
        EngineErrorKind.Denied,
        $"The {credential.Noun} is empty or has characters that none has.",
        "Copy it again, without spaces or line breaks.");

    public static CloudflareException ZoneNotFound(string name, CloudflareCredential credential) => new(
        ErrorCode.DnsZoneNotFound,
        EngineErrorKind.NotFound,
        $"Cloudflare shows the {credential.Noun} no zone that '{name}' or a parent of it is the name of.",
        ZoneRemedy,
        name);

    public static CloudflareException ZoneNotActive(string zone, string status) => new(
        ErrorCode.DnsProviderFailed,
        EngineErrorKind.InvalidState,
        $"The zone '{zone}' at Cloudflare is not active but '{Words(status)}', so that its records are not published.",
        "Let the domain's registrar name the zone's name servers, wait until Cloudflare shows it as active, and try again.",
        zone);

    /// <summary>The sentence that names the exact permission.</summary>
    public static string PermissionRemedy(CloudflarePermission permission, string? subject, CloudflareCredential credential) => credential.Email is null
        ? $"Add the permission {NameOf(permission)}{(subject is null ? string.Empty : $" for the zone of '{subject}'")} to the token at https://dash.cloudflare.com/profile/api-tokens."
        : $"Let an administrator of the account give {credential.Email} a role that includes {NameOf(permission)}.";

    private const string ZoneRemedy =
        "Add the domain to the account, or let the token see it: permission Zone.Zone Read, with the zone among its zone resources.";

    private static bool IsCredentialRefused(CloudflareRequest request, CloudflareResponse answer) =>
        answer.Status == 401
        || (answer.Status is 400 or 403 && answer.Errors.Any(e => CredentialCodes.Contains(e.Code)))
        || (answer.Status is 400 or 403 && request.Needs == CloudflarePermission.None)
        // The same code stands for a token that is unknown and for one that may not.
        || (answer.Status == 403 && answer.Errors.Any(e => e.Code == 9109 && e.Message.Contains("access token", StringComparison.OrdinalIgnoreCase)));

    private static string CredentialRemedy(CloudflareCredential credential, CloudflareResponse answer)
    {
        if (answer.Errors.Any(e => e.Message.Contains("location", StringComparison.OrdinalIgnoreCase)))
        {
            return "Let the token's client IP address filter include this machine.";
        }

        return credential.Email is null
            ? "Give an API token that is active and has not expired, with Zone.Zone Read and Zone.DNS Edit: https://dash.cloudflare.com/profile/api-tokens. A global API key needs its e-mail address."
            : "Give the account's e-mail address with its global API key, or better an API token with Zone.Zone Read and Zone.DNS Edit: https://dash.cloudflare.com/profile/api-tokens.";
    }

    private static string Describe(CloudflareResponse answer, CloudflareCredential credential)
    {
        var said = string.Join("; ", answer.Errors.Take(5).Select(e => $"{e.Code}: {Words(credential.Redact(e.Message))}"));
        return said.Length == 0 ? $"HTTP {answer.Status}" : $"HTTP {answer.Status}, {said}";
    }

    /// <summary>Cloudflare's own words, for the middle of a sentence.</summary>
    public static string Words(string said) => DisplayText.Shorten(said, 300).TrimEnd('.');
}
