namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>
/// The place that holds certificates, accounts and unfinished orders with their secrets. Safe for use by many tasks
/// and many processes at once; what belongs together is serialized by <see cref="LockAsync"/>.
/// </summary>
public interface IRack
{
    /// <summary>The name that users call it by.</summary>
    string Name { get; }

    /// <summary>Where it is: a directory, or a cluster's address.</summary>
    string Location { get; }

    /// <summary>The certificates.</summary>
    ICertificateStore Certificates { get; }

    /// <summary>The ACME accounts.</summary>
    IAccountStore Accounts { get; }

    /// <summary>The unfinished orders.</summary>
    IOrderStore Orders { get; }

    /// <summary>The DNS solvers.</summary>
    IDnsSolverStore DnsSolvers { get; }

    /// <summary>What was used of the CAs' limits.</summary>
    ILimitLedger Limits { get; }

    /// <summary>The webhook that is told of renewals and failures.</summary>
    IWebhookStore Webhooks { get; }

    /// <summary>What issues certificates there by itself; null where nothing does.</summary>
    ICertificateController? Controller => null;

    /// <summary>Carries certificates to the apps; null where there are none.</summary>
    ICertificatePublisher? Publisher => null;

    /// <summary>Makes sure that the rack can be read; one that does not exist yet is empty.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidRack</c>: the location can't be a rack.</exception>
    /// <exception cref="EngineException"><c>RackTooNew</c>, <c>RackDamaged</c>.</exception>
    Task RequireReadableAsync(CancellationToken ct);

    /// <summary>
    /// Makes sure that something can be written, before anything is asked of a CA, and makes the rack where it does
    /// not exist yet.
    /// </summary>
    /// <exception cref="InvalidInputException"><c>InvalidRack</c>: the location can't be a rack.</exception>
    /// <exception cref="EngineException"><c>RackNotWritable</c>; <c>RackTooNew</c>: a newer version of the module wrote it.</exception>
    Task PrepareAsync(CancellationToken ct);

    /// <summary>
    /// Takes the lock of that name, which only one holder in all processes has, and which is freed when it is
    /// disposed or its process dies. After a wait the holder must look again whether its work is still needed.
    /// </summary>
    /// <param name="name">What is locked, such as <c>certificate/cert-…</c>.</param>
    /// <param name="onWait">Called once if another holder is in the way.</param>
    /// <param name="ct">Ends the wait.</param>
    Task<IAsyncDisposable> LockAsync(string name, Action? onWait, CancellationToken ct);
}
