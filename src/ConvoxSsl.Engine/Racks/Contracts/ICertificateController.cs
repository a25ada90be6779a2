namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>
/// What issues and renews certificates on a rack by itself once it is asked, such as cert-manager. What it has issued
/// is found in the rack's store like any other certificate.
/// </summary>
public interface ICertificateController
{
    /// <summary>Its name, such as <c>cert-manager</c>; <see cref="IssuanceSettings.Controller"/> holds it.</summary>
    string Name { get; }

    /// <summary>The issuer whose certificates it makes where nobody says otherwise.</summary>
    string DefaultIssuer { get; }

    /// <summary>Whether it is there and has an issuer of that name.</summary>
    /// <param name="issuer">A well-known CA's name, such as <c>letsencrypt</c>, or one that only the controller knows.</param>
    /// <param name="ct">Stops it.</param>
    Task<bool> IssuesAsync(string issuer, CancellationToken ct);

    /// <summary>Makes sure that it can issue a certificate like that.</summary>
    /// <exception cref="InvalidInputException"><c>TooManyNames</c>; <c>NotDelegable</c>: a setting that it has no word for.</exception>
    void Check(CertificateRecord certificate);

    /// <summary>
    /// Asks for a certificate, or for its renewal where it is there; one that is being issued already goes on. Writers
    /// hold the lock of the certificate.
    /// </summary>
    /// <param name="certificate">What is asked for.</param>
    /// <param name="revision">
    /// How often it had been issued when it was found that another one is needed; where it has been since, that is the one.
    /// </param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="EngineException"><c>NoCertManager</c>.</exception>
    Task StartAsync(CertificateRecord certificate, int revision, CancellationToken ct);

    /// <summary>How far a certificate has come; null where the controller has none of that id.</summary>
    Task<ControlledCertificate?> FindAsync(string id, CancellationToken ct);

    /// <summary>The certificates that are not ready, without what their failures were caused by; none where it is not there.</summary>
    IAsyncEnumerable<ControlledCertificate> ListUnreadyAsync(CancellationToken ct);

    /// <summary>
    /// Records the certificate that it issued last as a version, which is kept for
    /// <see cref="ICertificateStore.SwitchAsync"/>.
    /// </summary>
    /// <param name="certificate">What it is.</param>
    /// <param name="stored">The time of the change.</param>
    /// <param name="renewAfter">When it should be renewed, by its lifetime.</param>
    /// <param name="keepVersions">How many versions remain, this one included; at least 1.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>: it has issued none.</exception>
    Task<CertificateEntry> AdoptAsync(
        CertificateRecord certificate, DateTimeOffset stored, Func<DateTimeOffset, DateTimeOffset, DateTimeOffset> renewAfter, int keepVersions, CancellationToken ct);

    /// <summary>Takes a certificate out of its hands: it forgets it, and what is stored stays.</summary>
    /// <returns>Whether it had it.</returns>
    Task<bool> ReleaseAsync(string id, CancellationToken ct);
}

/// <summary>How far a controller has come with a certificate.</summary>
public sealed record ControlledCertificate
{
    /// <summary>What was asked for.</summary>
    public required CertificateRecord Certificate { get; init; }

    /// <summary>How far it is.</summary>
    public required ControlledPhase Phase { get; init; }

    /// <summary>Why it is not ready, in words for the user; of a failure, with what caused it.</summary>
    public string? Reason { get; init; }

    /// <summary>When it was asked for, or the last renewal began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When the controller will renew it; null where it has not said.</summary>
    public DateTimeOffset? RenewAfter { get; init; }

    /// <summary>When the controller tries again by itself, where it failed.</summary>
    public DateTimeOffset? NextTry { get; init; }

    /// <summary>How often it was issued.</summary>
    public int Revision { get; init; }
}

/// <summary>How far a controller has come.</summary>
public enum ControlledPhase
{
    /// <summary>It is being issued.</summary>
    Issuing,

    /// <summary>It is stored and valid.</summary>
    Ready,

    /// <summary>The last try failed.</summary>
    Failed,
}
