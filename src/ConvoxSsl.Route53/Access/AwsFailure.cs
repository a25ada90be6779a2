using System.Net;
using System.Xml;
using Amazon.Runtime;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Route53.Access;

/// <summary>
/// Turns what the SDK throws into errors with remedies. What the SDK threw is not kept as the cause: where a signature is
/// refused, AWS answers with the request's headers, the session token among them.
/// </summary>
internal static class AwsFailure
{
    private const int LongestWords = 1000;

    private static readonly string[] CredentialCodes =
    [
        "InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSignatureException",
        "IncompleteSignature", "MissingAuthenticationToken", "ExpiredToken", "ExpiredTokenException", "RequestExpired", "RequestTimeTooSkewed",
        "AuthFailure", "NotAuthorized", "TokenRefreshRequired",
    ];

    /// <summary>Whether it is a failure of a call, and neither ours already nor the caller's wish to stop.</summary>
    public static bool Covers(Exception failure, CancellationToken ct) => failure is not EngineException && !ct.IsCancellationRequested
        && failure is AmazonClientException or AmazonServiceException or HttpRequestException or IOException or TimeoutException or OperationCanceledException
            or XmlException or FormatException or ArgumentException or OverflowException;

    /// <summary>Whether the action is not allowed to the caller.</summary>
    public static bool IsDenied(Exception failure) => failure is AmazonServiceException { ErrorCode: "AccessDenied" or "AccessDeniedException" };

    /// <summary>The error for the user.</summary>
    /// <param name="failure">What was thrown.</param>
    /// <param name="action">What was asked for.</param>
    /// <param name="credentials">What signed the call; AWS may repeat it.</param>
    public static EngineException Of(Exception failure, AwsAction action, AWSCredentials credentials) => failure switch
    {
        AmazonServiceException { ErrorCode: { } code } when CredentialCodes.Contains(code) => CredentialsRefused(code),
        AmazonServiceException when IsDenied(failure) => PermissionMissing(action),
        AmazonServiceException { ErrorCode: "NoSuchHostedZone" } => ZoneNotFound(action),
        AmazonServiceException { ErrorCode: { Length: > 0 } code } service => new EngineException(
            ErrorCode.DnsProviderFailed,
            EngineErrorKind.InvalidState,
            $"AWS refused {action.Name} on {action.Resource}: {DisplayText.Shorten(code, LongestWords)}{Words(service, action, credentials)}. Try again later where AWS is at fault or too busy.",
            action.Resource),
        AmazonServiceException { StatusCode: not 0 } service => new EngineException(
            ErrorCode.DnsProviderFailed,
            EngineErrorKind.InvalidState,
            $"AWS answered {action.Name} with HTTP {(int)service.StatusCode} and no word about why. Try again later; behind a proxy, check that it lets requests to AWS through.",
            action.Resource),
        XmlException or FormatException or ArgumentException or OverflowException => Malformed(action, failure.Message),
        _ => Unreachable(failure, action),
    };

    /// <summary>AWS's own words, without the credentials of the call.</summary>
    public static string Words(AmazonServiceException service, AWSCredentials credentials) =>
        credentials is IKnownSecrets known ? Redaction.Redact(service.Message, known.Secrets) : service.Message;

    /// <summary>What came is no answer of AWS.</summary>
    public static EngineException Malformed(AwsAction action, string what) => new(
        ErrorCode.DnsProviderFailed,
        EngineErrorKind.InvalidData,
        $"The answer to {action.Name} is not one of AWS: {DisplayText.Shorten(what, LongestWords)} Behind a proxy, check that it lets requests to AWS through; check AWS_ENDPOINT_URL if it is set.",
        action.Resource);

    /// <summary>There are no credentials, or they cannot be read.</summary>
    public static EngineException NoCredentials(string? profileName, Exception failure)
    {
        var service = failure as AmazonServiceException ?? failure.InnerException as AmazonServiceException;
        var reason = service?.ErrorCode is { Length: > 0 } code
            ? $" AWS answered {code} when it was asked for them."
            : string.Empty;
        return new EngineException(
            ErrorCode.DnsCredentialsRefused,
            EngineErrorKind.Denied,
            profileName is null
                ? $"No AWS credentials were found.{reason} Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, give the solver a profile, or run on a machine or pod that has a role."
                : $"The AWS profile '{profileName}' does not exist or yields no credentials.{reason} Check it in ~/.aws/config and ~/.aws/credentials ('aws sts get-caller-identity --profile {profileName}'), and log in anew where it uses SSO ('aws sso login').",
            profileName);
    }

    private static EngineException CredentialsRefused(string code) => new(
        ErrorCode.DnsCredentialsRefused,
        EngineErrorKind.Denied,
        $"AWS refuses the credentials ({code}). " + (code switch
        {
            "ExpiredToken" or "ExpiredTokenException" or "TokenRefreshRequired" => "They have expired: renew them, for example by logging in anew.",
            "RequestExpired" or "RequestTimeTooSkewed" => "The clock of this machine is off by minutes: set it.",
            "SignatureDoesNotMatch" or "InvalidSignatureException" => "The secret access key does not belong to the access key id, or the clock of this machine is off: check both.",
            _ => "Check that the access key exists and is active, and that its session token, if any, belongs to it.",
        }));

    private static EngineException PermissionMissing(AwsAction action) => new(
        ErrorCode.DnsPermissionMissing,
        EngineErrorKind.Denied,
        $"The AWS identity may not do {action.Name} on {action.Resource}. Add this statement to its policy: {action.PolicyStatement}",
        action.Name);

    private static EngineException ZoneNotFound(AwsAction action) => new(
        ErrorCode.DnsZoneNotFound,
        EngineErrorKind.NotFound,
        $"There is no hosted zone {action.Resource[(action.Resource.LastIndexOf('/') + 1)..]} in the account. Check -HostedZoneId, and that the credentials or the role are those of the account that has the zone.",
        action.Resource[(action.Resource.LastIndexOf('/') + 1)..]);

    // What AWS says of a refused signature or of a bad external id repeats it.
    private static string Words(AmazonServiceException service, AwsAction action, AWSCredentials credentials) =>
        service.StatusCode == HttpStatusCode.Forbidden || action.Name == "sts:AssumeRole" ? string.Empty : ": " + DisplayText.Shorten(Words(service, credentials).TrimEnd('.', ' '), LongestWords);

    // The SDK's own words on a broken connection hold no more than the host and the cause.
    private static EngineException Unreachable(Exception failure, AwsAction action)
    {
        var cause = failure;
        while (cause.InnerException is { } inner)
        {
            cause = inner;
        }

        return new EngineException(
            ErrorCode.DnsProviderUnreachable,
            cause is OperationCanceledException or TimeoutException ? EngineErrorKind.TimedOut : EngineErrorKind.InvalidState,
            $"AWS could not be reached for {action.Name}: {(cause is OperationCanceledException ? "it did not answer in time" : cause.Message.TrimEnd('.'))}. Check the network, the proxy, and AWS_ENDPOINT_URL if it is set.");
    }
}
