namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>
/// A store of certificates, accounts and unfinished orders with their secrets. Tasks and processes can use it concurrently;
/// its locks serialize related changes.
/// </summary>
public interface IRack
{
    /// <summary>The rack's name.</summary>
    string Name { get; }

    /// <summary>The rack's directory, or the cluster's address.</summary>
    string Location { get; }

    /// <summary>The certificates.</summary>
    ICertificateStore Certificates { get; }

    /// <summary>The ACME accounts.</summary>
    IAccountStore Accounts { get; }

    /// <summary>The unfinished orders.</summary>
    IOrderStore Orders { get; }

    /// <summary>The DNS solvers.</summary>
    IDnsSolverStore DnsSolvers { get; }

    /// <summary>The used quota of CAs' rate limits.</summary>
    ILimitLedger Limits { get; }

    /// <summary>The webhook for renewals, failures and expiries.</summary>
    IWebhookStore Webhooks { get; }

    /// <summary>The state of the rack as a whole, such as its default issuer.</summary>
    IRackStateStore State { get; }

    /// <summary>The targets that certificates are delivered to.</summary>
    ITargetStore Targets { get; }

    /// <summary>The controller that issues certificates automatically; null if there is none.</summary>
    ICertificateController? Controller => null;

    /// <summary>Copies certificates to the rack's apps; null if the rack has no apps.</summary>
    ICertificatePublisher? Publisher => null;

    /// <summary>The scheduler of the rack's cluster; null if there is none.</summary>
    IRackScheduler? Scheduler => null;

    /// <summary>Checks that the rack can be read. A rack that does not exist yet counts as empty.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidRack</c>: the location cannot be a rack.</exception>
    /// <exception cref="EngineException"><c>RackNotTrusted</c>, <c>RackTooNew</c>, <c>RackDamaged</c>.</exception>
    Task RequireReadableAsync(CancellationToken ct);

    /// <summary>Checks that the rack can be written, or created if it does not exist, and changes nothing.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidRack</c>: the location cannot be a rack.</exception>
    /// <exception cref="EngineException"><c>RackNotWritable</c>; <c>RackNotTrusted</c>; <c>RackTooNew</c>.</exception>
    Task RequireWritableAsync(CancellationToken ct);

    /// <summary>
    /// Checks that the rack can be written, and creates it if it does not exist. Call it before the first request to a CA.
    /// </summary>
    /// <exception cref="InvalidInputException"><c>InvalidRack</c>: the location cannot be a rack.</exception>
    /// <exception cref="EngineException">
    /// <c>RackNotWritable</c>; <c>RackNotTrusted</c>; <c>RackTooNew</c>: a newer version of the module wrote it.
    /// </exception>
    Task PrepareAsync(CancellationToken ct);

    /// <summary>
    /// Acquires a lock that only one holder in all processes can have. It is released when it is disposed or its process ends.
    /// After a wait, check again that the work is still needed.
    /// </summary>
    /// <param name="name">The lock's name, such as <c>certificate/cert-…</c>.</param>
    /// <param name="onWait">Called once if another process holds the lock.</param>
    /// <param name="ct">The cancellation token.</param>
    Task<IAsyncDisposable> LockAsync(string name, Action? onWait, CancellationToken ct);

    /// <summary>
    /// Acquires a lock as <see cref="LockAsync(string, Action?, CancellationToken)"/> does, and names those that are needed next, so
    /// that the locks of a killed process are waited for at the same time.
    /// </summary>
    /// <param name="name">The lock's name.</param>
    /// <param name="following">The names of the locks that the caller will acquire while it holds this one.</param>
    /// <param name="onWait">Called once if another process holds the lock.</param>
    /// <param name="ct">The cancellation token.</param>
    Task<IAsyncDisposable> LockAsync(string name, IReadOnlyList<string> following, Action? onWait, CancellationToken ct) =>
        LockAsync(name, onWait, ct);
}
