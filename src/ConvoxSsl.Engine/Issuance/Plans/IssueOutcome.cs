using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Plans;

/// <summary>The outcome of the work on a certificate under its lock, and what has to follow once the lock is released.</summary>
internal sealed record IssueOutcome
{
    /// <summary>The certificate; null after a failure or a dry run.</summary>
    public CertificateEntry? Entry { get; init; }

    /// <summary>The chain that a dry run obtained.</summary>
    public CertificateChain? Trial { get; init; }

    /// <summary>True if the certificate is new, so that apps get a copy.</summary>
    public bool IsNew { get; init; }

    /// <summary>True if the webhook is notified of the new certificate.</summary>
    public bool IsRenewal { get; init; }

    /// <summary>The removal of published responses after which the order can be removed from the journal; null if it is gone.</summary>
    public Task<bool>? Removal { get; init; }

    /// <summary>The failure of which the webhook is notified before it is thrown.</summary>
    public IssueFailure? Failure { get; init; }
}

/// <summary>A failure of which the webhook is notified.</summary>
/// <param name="Error">The error.</param>
/// <param name="Record">The certificate that could not be issued.</param>
/// <param name="NextTry">The time of the next attempt, if any is known.</param>
internal sealed record IssueFailure(Exception Error, CertificateRecord Record, DateTimeOffset? NextTry);
