using System.Text.RegularExpressions;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Dns.Solvers;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.RateLimits;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>
/// Delays the next attempt after a failure
/// (https://letsencrypt.org/docs/integration-guide: after 1, 10 and 100 minutes, then once a day).
/// </summary>
internal sealed partial class RetryBackoff(IssuanceContext context)
{
    private static readonly TimeSpan[] Delays =
        [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(100), TimeSpan.FromDays(1)];

    /// <summary>
    /// True if a failure delays the next attempt. Unreachable servers, faults of this machine and waits with a time of their own do not.
    /// </summary>
    public static bool IsRemembered(Exception failure) => failure switch
    {
        AcmeException { Problem.ShortType: AcmeProblemType.Unreachable or AcmeProblemType.Untrusted } => false,
        EngineException { Kind: EngineErrorKind.Waiting or EngineErrorKind.Limited } => false,
        EngineException { Code: ErrorCode.RackNotWritable or ErrorCode.RetryLater } => false,
        EngineException when OrderFailures.IsLocal(failure) => false,
        EngineException e when VaultFailure.IsOne(e) => false,
        AcmeException or EngineException => true,
        _ => false,
    };

    /// <summary>
    /// Verifies that the last failure allows another attempt. Changed settings do, unless the CA asked for the delay. An order that
    /// reached a time limit is resumed at once, because that creates nothing at the CA: only scheduled renewals wait.
    /// </summary>
    /// <exception cref="EngineException"><c>RetryLater</c>.</exception>
    public void RequireAttemptAllowed(OrderRecord? before, IssuanceSettings settings)
    {
        if (before?.Failure is { } failure
            && failure.Holds(context.Now)
            && !(failure.IsTimeout && before.IsResumable)
            && (failure.IsAskedByCa || HasSameInput(before.Certificate.Settings, settings)))
        {
            throw CreateRetryLater(before.Certificate, failure);
        }
    }

    // The selected challenge types are not input: a new request for the certificate does not have them.
    private static bool HasSameInput(IssuanceSettings? before, IssuanceSettings settings) =>
        before is not null && before with { Http01Names = null } == settings with { Http01Names = null };

    /// <summary>Creates the error of an attempt that comes too soon after a failure.</summary>
    public static EngineException CreateRetryLater(CertificateRecord certificate, IssuanceFailure failure) =>
        Create(certificate, failure, DescribeNextTry(failure), failure.NextTry, new Remedy(ErrorCode.RetryLater));

    /// <summary>Creates the error of a wait for a certificate whose last attempt failed. A wait starts no attempt.</summary>
    public static EngineException CreateFailed(CertificateRecord certificate, IssuanceFailure failure, DateTimeOffset now) =>
        failure.NextTry <= now
            ? Create(certificate, failure, "Nothing is in progress.", null, new Remedy("RetryLater.Due", certificate.Id))
            : Create(certificate, failure, DescribeNextTry(failure), failure.NextTry, new Remedy("RetryLater.Wait", certificate.Id));

    /// <summary>Converts the error of an attempt that comes too soon to that of a wait, which the user cannot force.</summary>
    public static EngineException ForWait(EngineException failure, string id) =>
        new(ErrorCode.RetryLater, failure.Kind, failure.Message, id, failure.InnerException)
        {
            RetryAt = failure.RetryAt,
            Remedy = new Remedy("RetryLater.Wait", id),
        };

    private static string DescribeNextTry(IssuanceFailure failure) => failure switch
    {
        { IsAskedByCa: true, NextTry: not null } => "The CA asked to wait until then.",
        { NextTry: { } next } => $"The next attempt is possible at {next:u}.",
        { HelpUrl: { } url } => $"The CA has paused it until you visit {url}.",
        _ => "Its cause must be fixed first.",
    };

    private static EngineException Create(
        CertificateRecord certificate, IssuanceFailure failure, string when, DateTimeOffset? retryAt, Remedy remedy)
    {
        var times = failure.Count == 1 ? string.Empty : $" {failure.Count} times in a row, last";
        return new EngineException(
            ErrorCode.RetryLater,
            EngineErrorKind.Waiting,
            $"'{certificate.Domains[0]}' failed{times} at {failure.At:u}: {failure.Cause} {when}",
            certificate.Id)
        {
            RetryAt = retryAt,
            Remedy = remedy,
        };
    }

    /// <summary>Describes a failure as it is remembered, with the time of the next attempt.</summary>
    /// <param name="before">The failure before it, if any.</param>
    /// <param name="failure">The failure.</param>
    public IssuanceFailure Describe(IssuanceFailure? before, Exception failure)
    {
        var now = context.Now;
        var count = 1 + (before?.Count ?? 0);
        var acme = failure as AcmeException;
        var delayed = now + Delays[Math.Min(count, Delays.Length) - 1];
        var next = acme?.RetryAt ?? GetLater(delayed, (failure as EngineException)?.RetryAt);
        var last = now + OrderLimits.MaxRefusal;
        var pauseUrl = acme is null ? null : FindPausePage(acme.Problem);
        return new IssuanceFailure
        {
            Code = FailureCode.Get(failure),
            Cause = context.DescribeFailure(failure),
            At = now,
            Count = count,
            NextTry = pauseUrl is not null ? null : next < last ? next : last,
            IsAskedByCa = pauseUrl is not null || acme?.RetryAt is not null,
            HelpUrl = pauseUrl ?? acme?.Problem.Instance,
        };
    }

    private static DateTimeOffset GetLater(DateTimeOffset one, DateTimeOffset? other) => other > one ? other.Value : one;

    /// <summary>
    /// Finds the page on which the user ends the pause of an identifier that failed too often in a row. Let's Encrypt names it
    /// only in the text of the problem (https://letsencrypt.org/docs/rate-limits, "Consecutive Authorization Failures").
    /// </summary>
    private static string? FindPausePage(AcmeProblem problem) =>
        problem.ShortType == AcmeProblemType.RateLimited
        && PausePage().Match(problem.Detail ?? string.Empty) is { Success: true } match ? match.Value.TrimEnd('.', ',', ')') : null;

    [GeneratedRegex(@"https://\S*unpause\S*", RegexOptions.CultureInvariant)]
    private static partial Regex PausePage();
}
