using System.Management.Automation;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Acme;

namespace ConvoxSsl.Errors;

/// <summary>Turns failures into error records: a stable id, the category, and what the user gave as the target.</summary>
internal static class ErrorRecords
{
    private const string Prefix = "ConvoxSsl.";

    // PowerShell's error views show them from 7.5 on.
    private static readonly bool s_showsRecommendations = typeof(PSObject).Assembly.GetName().Version >= new Version(7, 5);

    /// <summary>Whether a failure has something to say to the user, and the next input may still succeed.</summary>
    public static bool CanDescribe(Exception failure) =>
        failure is InvalidInputException or EngineException or AcmeException or UnauthorizedAccessException or IOException;

    /// <summary>The error record for a failure.</summary>
    /// <param name="failure">What was thrown.</param>
    /// <param name="target">The request or certificate; where it is null, the value that the failure names.</param>
    public static ErrorRecord Of(Exception failure, object? target = null) => Describe(failure, IsPrivateKey(target) ? null : target);

    // A key that was given in place of something else.
    private static bool IsPrivateKey(object? target) => target is string text && text.Contains("PRIVATE KEY-----", StringComparison.Ordinal);

    private static ErrorRecord Describe(Exception failure, object? target) => failure switch
    {
        InvalidInputException e => Of(PublicFailure.Of(e, Prefix + e.Code), ErrorCategory.InvalidArgument, target ?? e.Value),
        EngineException e => Of(PublicFailure.Of(e, Prefix + e.Code), CategoryOf(e.Kind), target ?? e.Value),
        AcmeException e => Of(
            PublicFailure.Of(e, $"{Prefix}AcmeProblem.{e.Problem.ShortType}", ParameterFor(e.Problem.ShortType)), CategoryOf(e.Problem), target ?? e.Problem.Identifier?.Value),
        UnauthorizedAccessException e => Advise(new ErrorRecord(e, Prefix + "AccessDenied", ErrorCategory.PermissionDenied, target), "Check who may read and write there."),
        IOException e => Advise(new ErrorRecord(e, Prefix + "InputOutput", ErrorCategory.ReadError, target), "Check the path, and the room on the disk."),
        _ => new ErrorRecord(failure, Prefix + "Unexpected", ErrorCategory.NotSpecified, target),
    };

    private static ErrorRecord Of(ConvoxException failure, ErrorCategory category, object? target)
    {
        var record = new ErrorRecord(failure, failure.ErrorId, category, target);
        return failure.RecommendedAction is { } remedy ? Advise(record, remedy) : record;
    }

    // The text without the remedy, where PowerShell shows that one on a line of its own: nobody should read it twice.
    private static ErrorRecord Advise(ErrorRecord record, string remedy)
    {
        var message = record.Exception.Message;
        var shown = s_showsRecommendations && message.EndsWith(remedy, StringComparison.Ordinal) ? message[..^remedy.Length].TrimEnd() : message;
        record.ErrorDetails = new ErrorDetails(shown.Length > 0 ? shown : message) { RecommendedAction = remedy };
        return record;
    }

    /// <summary>Which parameter or cmdlet helps, where the protocol's own words can't know.</summary>
    private static string? ParameterFor(string problem) => problem switch
    {
        "untrusted" => "Name its PEM file with -CaCertificate.",
        "accountDoesNotExist" => "New-ConvoxAcmeAccount makes it.",
        "userActionRequired" => "Run the command again with -AcceptTermsOfService once you have read them.",
        "invalidProfile" => "Name one with -Profile.",
        "orderMismatch" or "certificateMismatch" or "malformedAnswer" => "Check that -Issuer is an ACME directory that you trust.",
        _ => null,
    };

    private static ErrorCategory CategoryOf(EngineErrorKind kind) => kind switch
    {
        EngineErrorKind.NotFound => ErrorCategory.ObjectNotFound,
        EngineErrorKind.Busy => ErrorCategory.ResourceBusy,
        EngineErrorKind.Denied => ErrorCategory.PermissionDenied,
        EngineErrorKind.InvalidData => ErrorCategory.InvalidData,
        EngineErrorKind.TimedOut => ErrorCategory.OperationTimeout,
        EngineErrorKind.Waiting => ErrorCategory.ResourceUnavailable,
        EngineErrorKind.Limited => ErrorCategory.LimitsExceeded,
        EngineErrorKind.Unreachable => ErrorCategory.ConnectionError,
        _ => ErrorCategory.InvalidOperation,
    };

    private static ErrorCategory CategoryOf(AcmeProblem problem) => problem.ShortType switch
    {
        "rateLimited" => ErrorCategory.LimitsExceeded,
        "unreachable" or "connection" or "dns" or "tls" => ErrorCategory.ConnectionError,
        "untrusted" => ErrorCategory.SecurityError,
        "unauthorized" or "caa" or "rejectedIdentifier" or "externalAccountRequired" or "userActionRequired" => ErrorCategory.PermissionDenied,
        "accountDoesNotExist" => ErrorCategory.ObjectNotFound,
        "malformedAnswer" or "orderMismatch" or "certificateMismatch" or "badNonce" => ErrorCategory.ProtocolError,
        "serverInternal" => ErrorCategory.ResourceUnavailable,
        "badCSR" or "badPublicKey" or "badSignatureAlgorithm" or "invalidContact" or "unsupportedContact" or "invalidProfile" or "unsupportedIdentifier"
            => ErrorCategory.InvalidArgument,
        _ when problem.Status is >= 500 => ErrorCategory.ResourceUnavailable,
        _ => ErrorCategory.InvalidResult,
    };
}
