using ConvoxSsl.Engine.Acme;

namespace ConvoxSsl.Engine.Challenges;

/// <summary>
/// Solves challenges of one type. The order of calls: <see cref="PresentAsync"/> for all challenges of an order, then
/// <see cref="WaitUntilVisibleAsync"/>, then the CA is notified, then <see cref="CleanUpAsync"/>, even if an earlier call failed
/// or was canceled. One solver serves many orders concurrently.
/// </summary>
public interface IChallengeSolver
{
    /// <summary>The challenge type (RFC 8555 section 9.7.8).</summary>
    string Type { get; }

    /// <summary>True if a key authorization stays published when the process is killed, so that a later run has to remove it.</summary>
    bool OutlivesProcess { get; }

    /// <summary>
    /// Describes what <see cref="CleanUpAsync"/> has to know about the state before publishing, as
    /// <see cref="KeyAuthorization.Location"/>; null if nothing.
    /// </summary>
    string? GetPlace() => null;

    /// <summary>The object of the wait in <see cref="PresentAsync"/>, as the end of a sentence; null if it does not wait.</summary>
    string? WaitsFor => null;

    /// <summary>Publishes key authorizations. Must return without waiting for propagation.</summary>
    Task PresentAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct);

    /// <summary>Returns when the CA can see the key authorizations.</summary>
    Task WaitUntilVisibleAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct);

    /// <summary>
    /// Returns when the CA has requested the key authorizations. This is a hint that saves polls, not a proof. Must return
    /// immediately if the solver cannot observe it.
    /// </summary>
    /// <returns>True if each was requested.</returns>
    Task<bool> WaitUntilVisitedAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct);

    /// <summary>
    /// Removes exactly these key authorizations. One that does not exist is not an error. The token must not be the one that
    /// stopped the order.
    /// </summary>
    Task CleanUpAsync(IReadOnlyList<KeyAuthorization> challenges, CancellationToken ct);
}
