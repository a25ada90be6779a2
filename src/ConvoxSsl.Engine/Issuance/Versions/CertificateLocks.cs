using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Context;

namespace ConvoxSsl.Engine.Issuance.Versions;

/// <summary>Serializes the work on a certificate between processes and between the jobs of this one.</summary>
internal sealed class CertificateLocks(IssuanceContext context)
{
    /// <summary>Takes the lock of a certificate.</summary>
    public Task<IAsyncDisposable> LockAsync(string id, CancellationToken ct) => LockAsync(id, null, ct);

    /// <summary>Takes the lock of a certificate.</summary>
    /// <param name="id">The certificate.</param>
    /// <param name="onWait">Called if another holder has the lock.</param>
    /// <param name="ct">The cancellation token.</param>
    public Task<IAsyncDisposable> LockAsync(string id, Action? onWait, CancellationToken ct) => TakeAsync(NameOf(id), id, [], onWait, ct);

    /// <summary>Takes the lock of a set of names, so that nobody else issues for them, in whatever order and under whatever id.</summary>
    /// <param name="names">The names.</param>
    /// <param name="id">The certificate whose lock is needed next; null for the usual one of the names.</param>
    /// <param name="onWait">Called if another holder has the lock.</param>
    /// <param name="ct">The cancellation token.</param>
    public Task<IAsyncDisposable> LockNamesAsync(CertificateNameSet names, string? id, Action? onWait, CancellationToken ct) => TakeAsync(
        $"names/{CertificateLookup.GetSetId(names)}", names[0].Value, [NameOf(id ?? names.ToCertificateId())], onWait, ct);

    /// <summary>Returns the name of a certificate's lock.</summary>
    public static string NameOf(string id) => $"certificate/{id}";

    private Task<IAsyncDisposable> TakeAsync(
        string name, string subject, IReadOnlyList<string> following, Action? onWait, CancellationToken ct) => context.Rack.LockAsync(
        name,
        following,
        () =>
        {
            onWait?.Invoke();
            context.ReportStep($"Waiting for another process that works on {subject}");
        },
        ct);
}
