using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.ExceptionServices;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Issuance.Plans;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>Classifies the failures of orders.</summary>
internal static class OrderFailures
{
    /// <summary>The end of a message about an order that is not finished.</summary>
    public const string Resumption = "The next run resumes the order.";

    /// <summary>
    /// True if a fault of this machine, its network or its rack stops the order, such as a port in use, a wrong clock or a DNS server
    /// that does not respond.
    /// </summary>
    public static bool IsLocal(Exception e) => e is EngineException
    {
        Code: ErrorCode.PortInUse or ErrorCode.PortDenied or ErrorCode.ListenerFailed or ErrorCode.WebRootNotWritable
            or ErrorCode.ClockWrong or ErrorCode.DnsServerUnreachable or ErrorCode.DnsProviderUnreachable or ErrorCode.ClusterBusy,
    } or EngineException { Kind: EngineErrorKind.Unreachable };

    /// <summary>
    /// True if an error only delays a certificate: the owner of a domain has to act, or the time of the next attempt is known.
    /// </summary>
    public static bool IsWaiting(Exception e) =>
        e is EngineException { Kind: EngineErrorKind.Waiting } or EngineException { Kind: EngineErrorKind.Limited, RetryAt: not null };

    /// <summary>True if the webhook is notified of a failure.</summary>
    public static bool IsReported(Exception e) =>
        e is AcmeException or EngineException or IOException or UnauthorizedAccessException && !IsWaiting(e);

    /// <summary>Creates the outcome of a failure that delays no later attempt. Throws the error if nobody is notified of it.</summary>
    public static IssueOutcome CreateOutcome(Exception failure, CertificateRecord certificate)
    {
        if (!IsReported(failure))
        {
            Throw(failure);
        }

        return new IssueOutcome { Failure = new IssueFailure(failure, certificate, null) };
    }

    /// <summary>True if a failure ends the order. After any other the order stays, and the next run resumes it.</summary>
    public static bool IsFinal(Exception e) => e switch
    {
        OperationCanceledException => false,
        // Local I/O errors do not end the order.
        IOException or UnauthorizedAccessException => false,
        EngineException when IsLocal(e) => false,
        EngineException { Kind: EngineErrorKind.Waiting or EngineErrorKind.TimedOut } => false,
        AcmeException { Problem.ShortType: AcmeProblemType.Unreachable or AcmeProblemType.ServerInternal } => false,
        AcmeException { Problem.ShortType: AcmeProblemType.RateLimited or AcmeProblemType.BadNonce } => false,
        // About the account, which can be repaired. The order is unchanged.
        AcmeException { Problem.ShortType: AcmeProblemType.AccountDoesNotExist or AcmeProblemType.UserActionRequired } => false,
        // From a load balancer or another server: says nothing about the order.
        AcmeException { Problem.ShortType: AcmeProblemType.Untyped or AcmeProblemType.MalformedAnswer } => false,
        AcmeException { Problem.ShortType: AcmeProblemType.Untrusted } => false,
        AcmeException { Problem.Status: >= 500 or 429 } => false,
        _ => true,
    };

    /// <summary>Creates the error of an order that was not finished in time.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="step">The step that was running; null if it is not known.</param>
    /// <param name="cause">What happened at the limit.</param>
    public static EngineException CreateTimeout(IssuancePlan plan, string? step, Exception cause)
    {
        var (certificate, isKept) = (plan.Record, !plan.Request.IsDryRun);
        var poll = cause as PollLimitException;
        var request = poll?.RetryAt is { } at
            ? string.Create(
                CultureInfo.InvariantCulture, $", and the CA asked to be polled again at {at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC")
            : string.Empty;
        var reason = (poll, step) switch
        {
            (not null, _) => $" It is {poll.Status}{request}.",
            (_, not null) => $" The running step was '{step}'.",
            _ => string.Empty,
        };
        var subject = poll is null ? "The order was not finished" : "The CA did not finish the order";
        return new EngineException(
            ErrorCode.OrderTimedOut,
            EngineErrorKind.TimedOut,
            $"{subject} for {certificate.Domains[0]} within {DurationText.Format(plan.Request.Timeout)}.{reason}"
                + (isKept ? $" {Resumption}" : string.Empty),
            certificate.Id,
            cause)
        {
            RetryAt = poll?.RetryAt,
            Remedy = isKept ? new Remedy(ErrorCode.OrderTimedOut, certificate.Id) : "Try again later, or with a longer time limit.",
        };
    }

    /// <summary>Throws an error that was caught earlier, with its stack trace.</summary>
    [DoesNotReturn]
    public static void Throw(Exception error) => ExceptionDispatchInfo.Throw(error);
}
