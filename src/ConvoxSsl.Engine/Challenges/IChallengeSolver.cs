using ConvoxSsl.Engine.Acme;

namespace ConvoxSsl.Engine.Challenges;

/// <summary>
/// Makes challenges of one type pass. The order of calls: <see cref="PresentAsync"/> for all challenges of an order,
/// then <see cref="WaitUntilVisibleAsync"/>, then the CA is told, then <see cref="CleanUpAsync"/>, also where an
/// earlier call failed or was stopped. One solver serves many orders at once.
/// </summary>
public interface IChallengeSolver
{
    /// <summary>The challenge type (RFC 8555 section 9.7.8).</summary>
    string Type { get; }

    /// <summary>Whether a response stays published when the process is killed, so that a later run has to know of it.</summary>
    bool OutlivesProcess { get; }

    /// <summary>Publishes the responses. Must return without waiting for them to spread.</summary>
    Task PresentAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct);

    /// <summary>Returns when the CA can see the responses.</summary>
    Task WaitUntilVisibleAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct);

    /// <summary>
    /// Returns when the CA has come for the responses: a hint that saves useless polls, no proof. Must return at once where
    /// the solver can't tell.
    /// </summary>
    /// <returns>Whether the CA was seen to come for each.</returns>
    Task<bool> WaitUntilVisitedAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct);

    /// <summary>
    /// Removes the responses, and only these; those that are gone already, or were never there, are no error. The
    /// token must not be the one that stopped the order.
    /// </summary>
    Task CleanUpAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct);
}
