using System.Net;
using System.Xml;
using Amazon.Runtime;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Http;

namespace ConvoxSsl.Route53.Access;

/// <summary>
/// Converts the SDK's exceptions to errors with remedies. The SDK's exception is not kept as the cause: if a signature is
/// rejected, the response of AWS contains the request's headers, including the session token.
/// </summary>
internal static class AwsFailure
{
    /// <summary>The advice for responses that are not from AWS.</summary>
    public const string ProxyRemedy =
        "Behind a proxy, check that it lets requests to AWS through. Check AWS_ENDPOINT_URL if it is set.";

    private const int MaxDetail = 1000;

    private const string ExpiredToken = "ExpiredToken";
    private const string ExpiredTokenException = "ExpiredTokenException";
    private const string TokenRefreshRequired = "TokenRefreshRequired";
    private const string RequestExpired = "RequestExpired";
    private const string RequestTimeTooSkewed = "RequestTimeTooSkewed";
    private const string SignatureDoesNotMatch = "SignatureDoesNotMatch";
    private const string InvalidSignature = "InvalidSignatureException";

    private static readonly string[] CredentialCodes =
    [
        "InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", SignatureDoesNotMatch, InvalidSignature,
        "IncompleteSignature", "MissingAuthenticationToken", ExpiredToken, ExpiredTokenException, RequestExpired, RequestTimeTooSkewed,
        "AuthFailure", "NotAuthorized", TokenRefreshRequired,
    ];

    /// <summary>True if it is a failed request: not an error of the module, and not a cancellation by the caller.</summary>
    public static bool IsRequestFailure(Exception failure, CancellationToken ct) => failure is not EngineException
        && !ct.IsCancellationRequested
        && failure is AmazonClientException or AmazonServiceException or HttpRequestException or IOException or TimeoutException
            or OperationCanceledException or XmlException or FormatException or ArgumentException or OverflowException;

    /// <summary>True if the caller is not allowed to perform the action.</summary>
    public static bool IsDenied(Exception failure) =>
        failure is AmazonServiceException { ErrorCode: "AccessDenied" or "AccessDeniedException" };

    /// <summary>Creates the error for the user.</summary>
    /// <param name="failure">The SDK's exception.</param>
    /// <param name="action">The action of the request.</param>
    /// <param name="secrets">The credentials to redact; AWS may repeat them.</param>
    public static EngineException Convert(Exception failure, AwsAction action, IReadOnlyList<string> secrets) => failure switch
    {
        AmazonServiceException { ErrorCode: { } code } when CredentialCodes.Contains(code) => CredentialsRejected(code),
        AmazonServiceException when IsDenied(failure) => PermissionMissing(action),
        AmazonServiceException { ErrorCode: "NoSuchHostedZone" } => ZoneNotFound(action),
        AmazonServiceException { ErrorCode: { Length: > 0 } code } service => new EngineException(
            ErrorCode.DnsProviderFailed,
            EngineErrorKind.InvalidState,
            $"AWS rejected {action.Name} on {action.Resource}: {DisplayText.Shorten(code, MaxDetail)}{Describe(service, action, secrets)}.",
            action.Resource) { Remedy = "Try again later if AWS is at fault or too busy." },
        AmazonServiceException { StatusCode: not 0 } service => new EngineException(
            ErrorCode.DnsProviderFailed,
            EngineErrorKind.InvalidState,
            $"AWS responded to {action.Name} with {HttpStatusText.Describe(service.StatusCode)} and no reason.",
            action.Resource) { Remedy = "Try again later. Behind a proxy, check that it lets requests to AWS through." },
        XmlException or FormatException or ArgumentException or OverflowException => Malformed(action, failure.Message),
        _ => Unreachable(failure, action),
    };

    /// <summary>Gets the message of AWS without the credentials of the request.</summary>
    public static string Redact(AmazonServiceException service, IReadOnlyList<string> secrets) =>
        Redaction.Redact(service.Message, secrets);

    /// <summary>Creates the error for a response that is not from AWS.</summary>
    public static EngineException Malformed(AwsAction action, string reason, string remedy = ProxyRemedy) => new(
        ErrorCode.DnsProviderFailed,
        EngineErrorKind.InvalidData,
        $"The response to {action.Name} is not valid: {DisplayText.Shorten(reason, MaxDetail)}",
        action.Resource) { Remedy = remedy };

    /// <summary>Creates the error for missing or unreadable credentials.</summary>
    public static EngineException NoCredentials(string? profileName, Exception failure)
    {
        var service = failure as AmazonServiceException ?? failure.InnerException as AmazonServiceException;
        var reason = service?.ErrorCode is { Length: > 0 } code
            ? $" AWS responded with {code}."
            : string.Empty;
        return new EngineException(
            ErrorCode.DnsCredentialsRefused,
            EngineErrorKind.Denied,
            profileName is null
                ? $"Cannot find AWS credentials.{reason}"
                : $"The AWS profile '{profileName}' does not exist or has no credentials.{reason}",
            profileName)
        {
            Remedy = profileName is null
                ? "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, give the solver a profile, "
                    + "or use a machine or pod that has a role."
                : "Check it in ~/.aws/config and ~/.aws/credentials "
                    + $"('aws sts get-caller-identity --profile {profileName}'). Sign in again if it uses SSO ('aws sso login').",
        };
    }

    private static EngineException CredentialsRejected(string code) => new(
        ErrorCode.DnsCredentialsRefused, EngineErrorKind.Denied, $"AWS rejects the credentials ({code}).")
    {
        Remedy = code switch
        {
            ExpiredToken or ExpiredTokenException or TokenRefreshRequired =>
                "They have expired: renew them, for example by signing in again.",
            RequestExpired or RequestTimeTooSkewed => "The clock of this machine is wrong by minutes: set it.",
            SignatureDoesNotMatch or InvalidSignature =>
                "The secret access key does not belong to the access key id, or the clock of this machine is wrong: check both.",
            _ => "Check that the access key exists and is active, and that its session token, if any, belongs to it.",
        },
    };

    private static EngineException PermissionMissing(AwsAction action) => new(
        ErrorCode.DnsPermissionMissing,
        EngineErrorKind.Denied,
        $"The AWS identity is not allowed to perform {action.Name} on {action.Resource}.",
        action.Name) { Remedy = $"Add this statement to its policy: {action.PolicyStatement}" };

    private static EngineException ZoneNotFound(AwsAction action) => new(
        ErrorCode.DnsZoneNotFound,
        EngineErrorKind.NotFound,
        $"Cannot find the hosted zone {action.Resource[(action.Resource.LastIndexOf('/') + 1)..]} in the account.",
        action.Resource[(action.Resource.LastIndexOf('/') + 1)..]) { Remedy = new Remedy("DnsZoneNotFound.ById") };

    // The message of AWS about a rejected signature or external id repeats it.
    private static string Describe(AmazonServiceException service, AwsAction action, IReadOnlyList<string> secrets) =>
        service.StatusCode == HttpStatusCode.Forbidden || action.Name == "sts:AssumeRole"
            ? string.Empty
            : ": " + DisplayText.Shorten(Redact(service, secrets).TrimEnd('.', ' '), MaxDetail);

    // The SDK's message about a broken connection contains only the host and the cause.
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
            $"Cannot reach AWS for {action.Name}: "
                + $"{(cause is OperationCanceledException ? "it did not respond in time" : cause.Message.TrimEnd('.'))}.")
        {
            Remedy = "Check the network, the proxy, and AWS_ENDPOINT_URL if it is set.",
        };
    }
}
