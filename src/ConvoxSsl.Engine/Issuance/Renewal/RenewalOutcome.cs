using ConvoxSsl.Engine.Issuance.Catalog;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Renewal;

/// <summary>The outcome for one certificate in a run of renewals.</summary>
/// <param name="State">The certificate afterwards.</param>
/// <param name="Result">The result.</param>
public sealed record RenewalOutcome(CertificateState State, RenewalResult Result)
{
    /// <summary>The error that failed or delayed the renewal; null if there was none.</summary>
    public Exception? Error { get; init; }

    /// <summary>The time of the next attempt after <see cref="Error"/>; null if the next run tries again.</summary>
    public DateTimeOffset? FailureNextTry { get; init; }

    /// <summary>True if the webhook is not yet notified of <see cref="Error"/>.</summary>
    public bool NeedsNotice { get; init; }

    /// <summary>The time of the next attempt; null if none is planned.</summary>
    public DateTimeOffset? NextAttempt => Result switch
    {
        RenewalResult.Delayed => (Error as EngineException)?.RetryAt,
        RenewalResult.InProgress => State.Failure?.NextTry ?? State.Controlled?.Started + ControlledCertificate.MaxIssuance,
        RenewalResult.BackingOff => State.Failure?.NextTry,
        RenewalResult.Failed => FailureNextTry,
        _ => null,
    };

    /// <summary>Creates the outcome of a decision to skip the certificate.</summary>
    public static RenewalOutcome FromDecision(CertificateState state, RenewalDecision decision) => decision switch
    {
        RenewalDecision.Imported => new(state, RenewalResult.Imported),
        RenewalDecision.NotDue => new(state, RenewalResult.NotDue),
        RenewalDecision.InProgress => new(state, RenewalResult.InProgress),
        RenewalDecision.BackingOff => new(state, RenewalResult.BackingOff),
        RenewalDecision.Overdue => new(state, RenewalResult.Failed) { Error = CreateOverdue(state.Controlled!), NeedsNotice = true },
        _ => throw new ArgumentOutOfRangeException(nameof(decision), decision, null),
    };

    /// <summary>Creates the outcome of a renewal that succeeded. Another process may have done it.</summary>
    /// <param name="before">The certificate before the renewal; null if it is new.</param>
    /// <param name="after">The certificate that is live.</param>
    public static RenewalOutcome FromIssued(CertificateEntry? before, CertificateEntry after) => new(
        new CertificateState(after, null),
        after.LiveVersion == before?.LiveVersion ? RenewalResult.NoLongerDue : RenewalResult.Renewed);

    /// <summary>Creates the outcome of a renewal without an error.</summary>
    /// <param name="before">The certificate before the renewal.</param>
    /// <param name="issued">The certificate that is live; null if it was only requested.</param>
    /// <param name="started">The state of a certificate that was only requested from the rack's controller.</param>
    public static RenewalOutcome FromResult(CertificateState before, CertificateEntry? issued, CertificateState? started) =>
        started is null ? FromIssued(before.Entry, issued!) : FromStarted(started);

    /// <summary>Creates the outcome of a renewal that was requested from the rack's controller.</summary>
    private static RenewalOutcome FromStarted(CertificateState state) =>
        new(state, state.Controlled is null ? RenewalResult.AlreadyIssued : RenewalResult.InProgress);

    private static EngineException CreateOverdue(ControlledCertificate controlled)
    {
        var (certificate, reason) = (controlled.Certificate, controlled.Reason is { } text ? $" Its last status: {text}" : string.Empty);
        return new EngineException(
            ErrorCode.OrderTimedOut,
            EngineErrorKind.TimedOut,
            $"{certificate.Settings?.Controller} has not issued the certificate for {certificate.Domains[0]} since "
                + $"{controlled.Started.ToUniversalTime():u}.{reason}",
            certificate.Id)
        {
            Remedy = new Remedy("OrderTimedOut.Overdue", certificate.Id),
        };
    }
}

/// <summary>The results of a renewal.</summary>
public enum RenewalResult
{
    /// <summary>A new version is live.</summary>
    Renewed,

    /// <summary>Skipped: it was imported, so its issuer renews it.</summary>
    Imported,

    /// <summary>Skipped: it is not due.</summary>
    NotDue,

    /// <summary>Another process renewed it first.</summary>
    NoLongerDue,

    /// <summary>The rack's controller had already issued it.</summary>
    AlreadyIssued,

    /// <summary>The rack's controller is issuing it.</summary>
    InProgress,

    /// <summary>Skipped: the last attempt failed, and the delay before the next one has not passed.</summary>
    BackingOff,

    /// <summary>A later run continues: the CA or the domain owner was not ready, or a rate limit was reached.</summary>
    Delayed,

    /// <summary>It failed.</summary>
    Failed,
}
