using System.Net;
using ConvoxSsl.Engine.Http;

namespace ConvoxSsl.Engine.Dns.Providers.Cloudflare;

/// <summary>Creates the errors for the API's responses, with advice for each.</summary>
internal static class CloudflareErrors
{
    /// <summary>The record does not exist: another writer has deleted it.</summary>
    public const long RecordGone = 81044;

    /// <summary>The record already exists, in the older and the newer numbering.</summary>
    public const long RecordExists = 81057;

    /// <inheritdoc cref="RecordExists"/>
    public const long IdenticalRecordExists = 81058;

    // Malformed headers, an unknown key, missing headers, and an unauthenticated request.
    private static readonly long[] CredentialCodes = [6003, 6100, 6101, 6102, 6103, 6111, 9103, 9106, 9107, 10001];

    public static string GetName(CloudflarePermission permission) => permission switch
    {
        CloudflarePermission.ZoneRead => "Zone.Zone Read",
        CloudflarePermission.DnsEdit => "Zone.DNS Edit",
        _ => "User.API Tokens Read",
    };

    public static CloudflareException Create(CloudflareRequest request, CloudflareResponse response, CloudflareCredential credential)
    {
        var details = Describe(response, credential);
        CloudflareException Error(string code, EngineErrorKind kind, string detail, string remedy) =>
            new(code, kind, $"{detail} ({details}).", remedy, request.Subject, response);

        if (IsCredentialRejected(request, response))
        {
            return Error(
                ErrorCode.DnsCredentialsRefused,
                EngineErrorKind.Denied,
                $"Cloudflare rejects the {credential.Noun}",
                CredentialRemedy(credential, response));
        }

        var about = request.Subject is null ? string.Empty : $" for '{request.Subject}'";
        return response.Status switch
        {
            403 => Error(
                ErrorCode.DnsPermissionMissing,
                EngineErrorKind.Denied,
                $"The {credential.Noun} lacks the permission {GetName(request.Needs)}{about}",
                PermissionRemedy(request.Needs, request.Subject, credential)),
            404 when request.Needs == CloudflarePermission.DnsEdit => Error(
                ErrorCode.DnsZoneNotFound, EngineErrorKind.NotFound, $"Cloudflare has no such zone or record{about}", ZoneRemedy),
            429 => Error(
                ErrorCode.DnsProviderFailed,
                EngineErrorKind.Busy,
                $"Cloudflare's rate limit is reached{about}",
                "Try again in five minutes; all programs of an account share the limit."),
            >= 500 => Error(
                ErrorCode.DnsProviderFailed,
                EngineErrorKind.InvalidState,
                $"Cloudflare's API fails{about}",
                "Try again later; check https://www.cloudflarestatus.com."),
            >= 200 and < 300 when response.Envelope is null => Error(
                ErrorCode.DnsProviderFailed,
                EngineErrorKind.InvalidData,
                $"The response{about} is not from Cloudflare's API",
                "Check CLOUDFLARE_BASE_URL and the proxies on the way."),
            _ => Error(
                ErrorCode.DnsProviderFailed,
                EngineErrorKind.InvalidState,
                $"Cloudflare rejects the request{about}",
                "Correct the reported problem, and try again."),
        };
    }

    internal static CloudflareException Unreachable(
        CloudflareRequest request, string baseUrl, int attempts, NetworkFaultException fault) => new(
        ErrorCode.DnsProviderUnreachable,
        EngineErrorKind.TimedOut,
        $"Could not reach Cloudflare's API at {baseUrl}: {fault.Reason} ({attempts} {(attempts == 1 ? "attempt" : "attempts")}).",
        "Check the network, the proxy settings and CLOUDFLARE_BASE_URL.",
        request.Subject,
        null,
        fault.Cause);

    public static CloudflareException Unusable(CloudflareCredential credential) => new(
        ErrorCode.DnsCredentialsRefused,
        EngineErrorKind.Denied,
        $"The {credential.Noun} is empty or contains characters that are not valid.",
        "Copy it again, without spaces or line breaks.");

    public static CloudflareException ZoneNotFound(string name, CloudflareCredential credential) => new(
        ErrorCode.DnsZoneNotFound,
        EngineErrorKind.NotFound,
        $"Cannot find a zone for '{name}' at Cloudflare with the {credential.Noun}.",
        ZoneRemedy,
        name);

    public static CloudflareException ZoneNotActive(string zone, string status) => new(
        ErrorCode.DnsProviderFailed,
        EngineErrorKind.InvalidState,
        $"The zone '{zone}' at Cloudflare is '{Shorten(status)}', not active, so its records are not published.",
        "Delegate the domain to the zone's name servers at the registrar, wait until Cloudflare shows it as active, and try again.",
        zone);

    /// <summary>Creates the advice that names the exact permission.</summary>
    public static string PermissionRemedy(
        CloudflarePermission permission, string? subject, CloudflareCredential credential) => credential.Email is null
        ? $"Add the permission {GetName(permission)}{(subject is null ? string.Empty : $" for the zone of '{subject}'")} to the token at "
            + "https://dash.cloudflare.com/profile/api-tokens."
        : $"Let an administrator of the account give {credential.Email} a role that includes {GetName(permission)}.";

    private const string ZoneRemedy =
        "Add the domain to the account, or give the token access: permission Zone.Zone Read, with the zone among its zone resources.";

    private static bool IsCredentialRejected(CloudflareRequest request, CloudflareResponse response) =>
        response.Status == 401
        || (response.Status is 400 or 403 && response.Errors.Any(e => CredentialCodes.Contains(e.Code)))
        || (response.Status is 400 or 403 && request.Needs == CloudflarePermission.None)
        // The same code means an unknown token or a missing permission.
        || (response.Status == 403
            && response.Errors.Any(e => e.Code == 9109 && e.Message.Contains("access token", StringComparison.OrdinalIgnoreCase)));

    private static string CredentialRemedy(CloudflareCredential credential, CloudflareResponse response)
    {
        if (response.Errors.Any(e => e.Message.Contains("location", StringComparison.OrdinalIgnoreCase)))
        {
            return "Add this machine to the token's client IP address filter.";
        }

        return credential.Email is null
            ? "Use an API token that is active and has not expired, with Zone.Zone Read and Zone.DNS Edit: "
                + "https://dash.cloudflare.com/profile/api-tokens. A global API key needs its email address."
            : "Use the account's email address with its global API key, or better an API token with Zone.Zone Read and Zone.DNS Edit: "
                + "https://dash.cloudflare.com/profile/api-tokens.";
    }

    private static string Describe(CloudflareResponse response, CloudflareCredential credential)
    {
        var details = string.Join("; ", response.Errors.Take(5).Select(e => $"{e.Code}: {Shorten(credential.Redact(e.Message))}"));
        var status = HttpStatusText.Describe((HttpStatusCode)response.Status);
        return details.Length == 0 ? status : $"{status}, {details}";
    }

    /// <summary>Shortens a message of Cloudflare for use within a sentence.</summary>
    public static string Shorten(string message) => DisplayText.Shorten(message, 300).TrimEnd('.');
}
