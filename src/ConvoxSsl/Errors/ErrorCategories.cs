using System.Management.Automation;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Acme;

namespace ConvoxSsl.Errors;

/// <summary>Maps the engine's failures to PowerShell's error categories.</summary>
internal static class ErrorCategories
{
    private static readonly Dictionary<EngineErrorKind, ErrorCategory> s_kinds = new()
    {
        [EngineErrorKind.NotFound] = ErrorCategory.ObjectNotFound,
        [EngineErrorKind.Busy] = ErrorCategory.ResourceBusy,
        [EngineErrorKind.Denied] = ErrorCategory.PermissionDenied,
        [EngineErrorKind.InvalidData] = ErrorCategory.InvalidData,
        [EngineErrorKind.InvalidState] = ErrorCategory.InvalidOperation,
        [EngineErrorKind.TimedOut] = ErrorCategory.OperationTimeout,
        [EngineErrorKind.Waiting] = ErrorCategory.ResourceUnavailable,
        [EngineErrorKind.Limited] = ErrorCategory.LimitsExceeded,
        [EngineErrorKind.Unreachable] = ErrorCategory.ConnectionError,
    };

    private static readonly Dictionary<string, ErrorCategory> s_problems = new(StringComparer.Ordinal)
    {
        [AcmeProblemType.AccountDoesNotExist] = ErrorCategory.ObjectNotFound,
        [AcmeProblemType.BadCsr] = ErrorCategory.InvalidArgument,
        [AcmeProblemType.BadNonce] = ErrorCategory.ProtocolError,
        [AcmeProblemType.BadPublicKey] = ErrorCategory.InvalidArgument,
        [AcmeProblemType.BadSignatureAlgorithm] = ErrorCategory.InvalidArgument,
        [AcmeProblemType.Caa] = ErrorCategory.PermissionDenied,
        [AcmeProblemType.CertificateMismatch] = ErrorCategory.ProtocolError,
        [AcmeProblemType.Connection] = ErrorCategory.ConnectionError,
        [AcmeProblemType.Dns] = ErrorCategory.ConnectionError,
        [AcmeProblemType.ExternalAccountRequired] = ErrorCategory.PermissionDenied,
        [AcmeProblemType.InvalidContact] = ErrorCategory.InvalidArgument,
        [AcmeProblemType.InvalidProfile] = ErrorCategory.InvalidArgument,
        [AcmeProblemType.MalformedAnswer] = ErrorCategory.ProtocolError,
        [AcmeProblemType.OrderMismatch] = ErrorCategory.ProtocolError,
        [AcmeProblemType.RateLimited] = ErrorCategory.LimitsExceeded,
        [AcmeProblemType.RejectedIdentifier] = ErrorCategory.PermissionDenied,
        [AcmeProblemType.ServerInternal] = ErrorCategory.ResourceUnavailable,
        [AcmeProblemType.Tls] = ErrorCategory.ConnectionError,
        [AcmeProblemType.Unauthorized] = ErrorCategory.PermissionDenied,
        [AcmeProblemType.Unreachable] = ErrorCategory.ConnectionError,
        [AcmeProblemType.UnsupportedContact] = ErrorCategory.InvalidArgument,
        [AcmeProblemType.UnsupportedIdentifier] = ErrorCategory.InvalidArgument,
        [AcmeProblemType.Untrusted] = ErrorCategory.SecurityError,
        [AcmeProblemType.UserActionRequired] = ErrorCategory.PermissionDenied,
    };

    /// <summary>Returns the category of an engine error.</summary>
    public static ErrorCategory Get(EngineErrorKind kind) => s_kinds[kind];

    /// <summary>Returns the category of an ACME problem; the status decides for an unknown type.</summary>
    public static ErrorCategory Get(AcmeProblem problem) =>
        s_problems.TryGetValue(problem.ShortType, out var category) ? category
        : problem.Status is >= 500 ? ErrorCategory.ResourceUnavailable
        : ErrorCategory.InvalidResult;
}
