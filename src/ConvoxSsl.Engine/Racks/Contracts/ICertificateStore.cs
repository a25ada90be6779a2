using System.Security.Cryptography;
using ConvoxSsl.Engine.Certificates;

namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>
/// The certificates of a rack. Versions are immutable, and the live version is switched atomically, so that a reader never sees
/// a certificate with the wrong key. Writers hold the lock of the certificate.
/// </summary>
public interface ICertificateStore
{
    /// <summary>
    /// Lists all certificates by id, without reading keys or parsing certificates. Damaged ones are reported to
    /// <paramref name="onDamaged"/> and skipped.
    /// </summary>
    IAsyncEnumerable<CertificateEntry> ListAsync(Action<EngineException>? onDamaged, CancellationToken ct);

    /// <summary>Lists the ids in order, as cheaply as the rack can.</summary>
    IAsyncEnumerable<string> ListIdsAsync(CancellationToken ct) => IdsAsync(ListAsync(null, ct));

    /// <summary>
    /// Lists the rack's own certificates, issued by a CA or self-signed, that have exactly these names in any order. Damaged ones
    /// are skipped.
    /// </summary>
    /// <param name="names">The names.</param>
    /// <param name="generated">True for certificates from a CA, false for self-signed ones.</param>
    /// <param name="ct">The cancellation token.</param>
    IAsyncEnumerable<CertificateEntry> ListForAsync(CertificateNameSet names, bool generated, CancellationToken ct) =>
        FilterAsync(ListAsync(null, ct), record => record.IsMadeFor(names, generated));

    /// <summary>Lists the imported certificates for exactly these names.</summary>
    IAsyncEnumerable<CertificateEntry> ListImportedForAsync(CertificateNameSet names, CancellationToken ct) =>
        FilterAsync(ListAsync(null, ct), record => record.IsImportedFor(names));

    /// <summary>
    /// Lists the certificates that belong to the rack's apps. Their ids contain the app's namespace; they can be read, and renewed
    /// by the apps' controller.
    /// </summary>
    IAsyncEnumerable<CertificateEntry> ListOfAppsAsync(Action<EngineException>? onDamaged, CancellationToken ct) => NoneAsync();

    /// <summary>Creates a unique id for a certificate that no CA issues.</summary>
    Task<string> NewIdAsync(CancellationToken ct) =>
        Task.FromResult("cert-" + Convert.ToHexString(RandomNumberGenerator.GetBytes(16)).ToLowerInvariant());

    /// <summary>Finds a certificate; null if it does not exist.</summary>
    /// <exception cref="InvalidInputException"><c>InvalidCertificateId</c>: the text is not a valid id.</exception>
    /// <exception cref="EngineException"><c>CertificateDamaged</c>.</exception>
    Task<CertificateEntry?> FindAsync(string id, CancellationToken ct);

    /// <summary>Reads the chain and key of a version.</summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>: no such certificate or version.</exception>
    Task<CertificateWithKey> ReadAsync(string id, int version, CancellationToken ct);

    /// <summary>
    /// Stores a chain and key as a new version, makes it live, and removes the oldest versions beyond
    /// <paramref name="keepVersions"/>. The previous version stays live until the switch.
    /// </summary>
    /// <param name="certificate">The certificate's metadata.</param>
    /// <param name="material">The chain and its key.</param>
    /// <param name="stored">The current time.</param>
    /// <param name="renewAfter">The time from which it is due for renewal.</param>
    /// <param name="keepVersions">The number of versions to keep, the new one included; at least 1.</param>
    /// <param name="ct">The cancellation token; it is ignored after the switch.</param>
    Task<CertificateEntry> AddVersionAsync(
        CertificateRecord certificate,
        CertificateWithKey material,
        DateTimeOffset stored,
        DateTimeOffset renewAfter,
        int keepVersions,
        CancellationToken ct);

    /// <summary>Updates a certificate's metadata. Keys, chains and the live version stay the same.</summary>
    Task<CertificateEntry> UpdateAsync(CertificateEntry certificate, CancellationToken ct);

    /// <summary>Makes an older version live, atomically.</summary>
    /// <exception cref="EngineException"><c>CertificateNotFound</c>: no such certificate or version.</exception>
    Task<CertificateEntry> SwitchAsync(string id, int version, CancellationToken ct);

    /// <summary>Removes what a killed writer left of a certificate. Readers do not see it.</summary>
    Task RemoveLeftoversAsync(string id, CancellationToken ct) => Task.CompletedTask;

    /// <summary>Removes a certificate and all its versions if it exists.</summary>
    Task RemoveAsync(string id, CancellationToken ct);

    private static async IAsyncEnumerable<string> IdsAsync(IAsyncEnumerable<CertificateEntry> entries)
    {
        await foreach (var entry in entries.ConfigureAwait(false))
        {
            yield return entry.Record.Id;
        }
    }

    private static async IAsyncEnumerable<CertificateEntry> FilterAsync(
        IAsyncEnumerable<CertificateEntry> entries, Func<CertificateRecord, bool> isIncluded)
    {
        await foreach (var entry in entries.ConfigureAwait(false))
        {
            if (isIncluded(entry.Record))
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
