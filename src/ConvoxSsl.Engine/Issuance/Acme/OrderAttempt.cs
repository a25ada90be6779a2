using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Challenges;
using ConvoxSsl.Engine.Issuance.Solvers;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>An attempt to bring an order to its end, within the time limit of the request.</summary>
/// <param name="Session">The account.</param>
/// <param name="Journaled">The order in the journal.</param>
/// <param name="Solvers">The solver for each name.</param>
/// <param name="Key">The key of the certificate; null if the user's own signing request is used.</param>
/// <param name="SigningRequest">The signing request.</param>
/// <param name="Deadline">The time limit, for polls.</param>
/// <param name="Limit">Cancels when the time is over.</param>
/// <param name="Either">Cancels with <paramref name="Limit"/> and with the caller's token.</param>
internal sealed record OrderAttempt(
    AcmeSession Session,
    JournaledOrder Journaled,
    IReadOnlyDictionary<CertificateName, ChosenSolver> Solvers,
    PrivateKey? Key,
    SigningRequest SigningRequest,
    PollDeadline Deadline,
    CancellationTokenSource Limit,
    CancellationTokenSource Either) : IDisposable
{
    /// <summary>The order as the CA last described it; null before the CA has one.</summary>
    public AcmeOrder? Order { get; set; }

    /// <summary>
    /// True when the certificate is downloaded. After that no failure ends the order; the next run downloads it again.
    /// </summary>
    public bool IsFulfilled { get; set; }

    /// <summary>The latest journal record.</summary>
    public OrderRecord Record => Journaled.Record;

    /// <summary>The token for the steps of the order.</summary>
    public CancellationToken Token => Either.Token;

    /// <summary>Adds the challenge types of this attempt to a certificate, whose renewals keep them.</summary>
    public CertificateRecord RecordChallenges(CertificateRecord record)
    {
        var names = Solvers.Where(pair => pair.Value.Solver.Type == ChallengeTypes.Http01).Select(pair => pair.Key.Value);
        return record with
        {
            Settings = record.Settings! with
            {
                Http01Names = record.Settings.ChallengeType is null ? string.Join(',', names.Order(StringComparer.Ordinal)) : null,
            },
        };
    }

    /// <summary>True if a failure comes from the time limit.</summary>
    public bool IsTimedOutBy(Exception failure) =>
        failure is PollLimitException || (failure is OperationCanceledException && Limit.IsCancellationRequested);

    /// <inheritdoc/>
    public void Dispose()
    {
        Either.Dispose();
        Limit.Dispose();
    }
}
