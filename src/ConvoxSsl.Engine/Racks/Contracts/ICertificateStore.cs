using System.Security.Cryptography;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>
/// The certificates of a rack. A certificate's versions are immutable; which one is live is switched in one step, so
/// that a reader never sees a certificate with another's key. Writers hold the lock of the certificate.
/// </summary>
public interface ICertificateStore
{
    /// <summary>
    /// All certificates, in the order of their ids, without reading a key or parsing a certificate. One that can't be
    /// read is reported to <paramref name="onDamaged"/> and left out.
    /// </summary>
    IAsyncEnumerable<CertificateEntry> ListAsync(Action<EngineException>? onDamaged, CancellationToken ct);

    /// <summary>The ids alone, in their order, as cheaply as the rack can tell them.</summary>
    IAsyncEnumerable<string> ListIdsAsync(CancellationToken ct) => IdsAsync(ListAsync(null, ct));

    /// <summary>
    /// The certificates that were made here for exactly these names, in whatever order: by a CA, or self-signed. Those that
    /// can't be read are left out.
    /// </summary>
    /// <param name="names">The names.</param>
    /// <param name="generated">Whether a CA made them.</param>
    /// <param name="ct">Stops it.</param>
    IAsyncEnumerable<CertificateEntry> ListForAsync(CertificateNameSet names, bool generated, CancellationToken ct) =>
        OnlyForAsync(ListAsync(null, ct), names, generated);

    /// <summary>
    /// The certificates that the rack's apps hold themselves, with ids that name the app's namespace: to read, and for
    /// the apps' controller to renew. None where there are no apps.
    /// </summary>
    IAsyncEnumerable<CertificateEntry> ListOfAppsAsync(Action<EngineException>? onDamaged, CancellationToken ct) => NoneAsync();

    /// <summary>An id for a certificate that no CA makes: one that no other has.</summary>
    Task<string> NewIdAsync(CancellationToken ct) => Task.FromResult("cert-" + Convert.ToHexString(RandomNumberGenerator.GetBytes(16)).ToLowerInvariant());

    /// <summary>The certificate of that id, or null.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidCertificateId</c>: no id can look like that.</exception>
    /// <exception cref="EngineException"><c>CertificateDamaged</c>.</exception>
    Task<CertificateEntry?> FindAsync(string id, CancellationToken ct);

    /// <summary>The chain and key of a version.</summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>: no such certificate or version.</exception>
    Task<CertificateWithKey> ReadAsync(string id, int version, CancellationToken ct);

    /// <summary>
    /// Stores chain and key as a new version, makes it the live one, and drops the oldest versions beyond
    /// <paramref name="keepVersions"/>. Until the switch the version before stays live, whatever happens.
    /// </summary>
    /// <param name="certificate">What the certificate is.</param>
    /// <param name="material">Chain and key; they match.</param>
    /// <param name="stored">The time of the change.</param>
    /// <param name="renewAfter">When it should be renewed.</param>
    /// <param name="keepVersions">How many versions remain, the new one included; at least 1.</param>
    /// <param name="ct">Stops it before the switch.</param>
    Task<CertificateEntry> AddVersionAsync(
        CertificateRecord certificate, CertificateWithKey material, DateTimeOffset stored, DateTimeOffset renewAfter, int keepVersions, CancellationToken ct);

    /// <summary>Replaces what is recorded about a certificate and its versions; keys, chains and the live version stay.</summary>
    Task<CertificateEntry> UpdateAsync(CertificateEntry certificate, CancellationToken ct);

    /// <summary>Makes an older version live, in one step.</summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>: no such certificate or version.</exception>
    Task<CertificateEntry> SwitchAsync(string id, int version, CancellationToken ct);

    /// <summary>Removes what a killed writer left of a certificate, which no reader sees.</summary>
    Task RemoveLeftoversAsync(string id, CancellationToken ct) => Task.CompletedTask;

    /// <summary>Removes a certificate with all its versions; one that is gone already is no error.</summary>
    Task RemoveAsync(string id, CancellationToken ct);

    private static async IAsyncEnumerable<string> IdsAsync(IAsyncEnumerable<CertificateEntry> entries)
    {
        await foreach (var entry in entries.ConfigureAwait(false))
        {
            yield return entry.Record.Id;
        }
    }

    private static async IAsyncEnumerable<CertificateEntry> OnlyForAsync(IAsyncEnumerable<CertificateEntry> entries, CertificateNameSet names, bool generated)
    {
        await foreach (var entry in entries.ConfigureAwait(false))
        {
            if (entry.Record.IsMadeFor(names, generated))
            {
                yield return entry;
            }
        }
    }

    private static async IAsyncEnumerable<CertificateEntry> NoneAsync()
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield break;
    }
}
