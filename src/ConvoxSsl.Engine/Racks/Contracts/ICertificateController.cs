using ConvoxSsl.Engine.Dns.Solvers;

namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>
/// Issues and renews certificates on a rack automatically once they are requested, as cert-manager does. Its certificates are
/// stored on the rack like all others.
/// </summary>
public interface ICertificateController
{
    /// <summary>The controller's name, such as <c>cert-manager</c>, as in <see cref="IssuanceSettings.Controller"/>.</summary>
    string Name { get; }

    /// <summary>The issuer that is delegated to the controller by default.</summary>
    string DefaultIssuer { get; }

    /// <summary>True if the controller is installed and has an issuer of that name.</summary>
    /// <param name="issuer">A well-known CA's name, such as <c>letsencrypt</c>, or one that only the controller knows.</param>
    /// <param name="ct">The cancellation token.</param>
    Task<bool> IssuesAsync(string issuer, CancellationToken ct);

    /// <summary>
    /// Checks the controller's version for known faults with a DNS solver. Returns null if no version has one, or if the controller
    /// cannot use the solver anyway.
    /// </summary>
    Task<ControllerCheck?> CheckAsync(DnsSolver solver, CancellationToken ct);

    /// <summary>
    /// Checks the controller's version for known faults with the solvers that an issuer has for some domains. Returns null if no
    /// version has one.
    /// </summary>
    /// <param name="issuer">The issuer, which the controller has.</param>
    /// <param name="domains">The domains.</param>
    /// <param name="ct">The cancellation token.</param>
    Task<ControllerCheck?> CheckAsync(string issuer, IReadOnlyList<string> domains, CancellationToken ct);

    /// <summary>Finds the domains that an issuer of the controller validates by dns-01; none if its solvers are unknown.</summary>
    /// <param name="issuer">The issuer, which the controller has.</param>
    /// <param name="domains">The domains.</param>
    /// <param name="ct">The cancellation token.</param>
    Task<IReadOnlyList<string>> FindDnsDomainsAsync(string issuer, IReadOnlyList<string> domains, CancellationToken ct);

    /// <summary>Checks that the controller can issue a certificate.</summary>
    /// <exception cref="InvalidInputException"><c>TooManyNames</c>; <c>NotDelegable</c>: a setting that it does not support.</exception>
    void Check(CertificateRecord certificate);

    /// <summary>
    /// Requests a certificate or its renewal. A running issuance continues. The caller holds the lock of the certificate.
    /// </summary>
    /// <param name="certificate">The certificate to issue.</param>
    /// <param name="revision">
    /// The revision that is due for renewal; a higher one means that the controller has renewed it already.
    /// </param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="EngineException"><c>NoCertManager</c>.</exception>
    Task StartAsync(CertificateRecord certificate, int revision, CancellationToken ct);

    /// <summary>Gets a certificate's state; null if the controller has no certificate of that id.</summary>
    Task<ControlledCertificate?> FindAsync(string id, CancellationToken ct);

    /// <summary>Lists the certificates that are not ready, without the causes of failures; empty if it is not installed.</summary>
    IAsyncEnumerable<ControlledCertificate> ListUnreadyAsync(CancellationToken ct);

    /// <summary>
    /// Records the certificate that the controller issued last as a version, so that it can be restored with
    /// <see cref="ICertificateStore.SwitchAsync"/>.
    /// </summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="stored">The current time.</param>
    /// <param name="renewAfter">Computes the renewal time from the validity period.</param>
    /// <param name="keepVersions">The number of versions to keep, this one included; at least 1.</param>
    /// <param name="ct">The cancellation token.</param>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>: the controller has issued none.</exception>
    Task<CertificateEntry> AdoptAsync(
        CertificateRecord certificate,
        DateTimeOffset stored,
        Func<DateTimeOffset, DateTimeOffset, DateTimeOffset> renewAfter,
        int keepVersions,
        CancellationToken ct);

    /// <summary>Removes a certificate from the controller and keeps the stored certificate.</summary>
    /// <returns>True if the controller had the certificate.</returns>
    Task<bool> ReleaseAsync(string id, CancellationToken ct);
}

/// <summary>The state of a certificate in a controller.</summary>
public sealed record ControlledCertificate
{
    /// <summary>The time within which an issuance is expected to end. After that, it is reported as failed until it does.</summary>
    public static readonly TimeSpan MaxIssuance = TimeSpan.FromHours(1);

    /// <summary>The requested certificate.</summary>
    public required CertificateRecord Certificate { get; init; }

    /// <summary>The phase.</summary>
    public required ControlledPhase Phase { get; init; }

    /// <summary>The user-facing reason why it is not ready, including the cause of a failure.</summary>
    public string? Reason { get; init; }

    /// <summary>True if it will never be ready because of a known fault of the controller's version.</summary>
    public bool HasKnownFault { get; init; }

    /// <summary>The time of the request or of the start of the last renewal.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>The time at which the controller will renew it; null if it is unknown.</summary>
    public DateTimeOffset? RenewAfter { get; init; }

    /// <summary>The time of the controller's next attempt after a failure.</summary>
    public DateTimeOffset? NextTry { get; init; }

    /// <summary>The number of times that it was issued.</summary>
    public int Revision { get; init; }

    /// <summary>The failure of the last attempt, described as the module describes its own; null if it did not fail.</summary>
    public IssuanceFailure? Failure => Phase != ControlledPhase.Failed ? null : new IssuanceFailure
    {
        Code = ErrorCode.IssuanceFailed,
        Cause = Reason ?? "no cause is known.",
        At = Started,
        Count = 1,
        NextTry = NextTry,
    };
}

/// <summary>The phase of a certificate in a controller.</summary>
public enum ControlledPhase
{
    /// <summary>It is being issued.</summary>
    Issuing,

    /// <summary>It is stored and valid.</summary>
    Ready,

    /// <summary>The last attempt failed.</summary>
    Failed,
}
