using System.Security.Cryptography;
using System.Text;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Renewal;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance;

/// <summary>Which certificate of a rack a set of names means, whatever their order, whether it will do, and which id a new one gets.</summary>
internal sealed class CertificateLookup(IRack rack, TimeProvider time, IProgress<IssuanceEvent> events)
{
    /// <summary>The certificate for exactly these names: one of the same issuer first, else any that was made here.</summary>
    public async Task<CertificateEntry?> FindAsync(CertificateNameSet names, Issuer issuer, CancellationToken ct)
    {
        // The id that the names give is the answer nearly always, and costs one look instead of reading them all.
        if (!issuer.IsSelfSigned && await rack.Certificates.FindAsync(names.ToCertificateId(), ct).ConfigureAwait(false) is { } direct)
        {
            return direct;
        }

        CertificateEntry? found = null;
        await foreach (var entry in rack.Certificates.ListForAsync(names, !issuer.IsSelfSigned, ct).ConfigureAwait(false))
        {
            found = found is null || entry.Live.Expires > found.Live.Expires ? entry : found;
        }

        return found;
    }

    /// <summary>The id under which the same names are being issued, perhaps in another order, else a new one.</summary>
    public async Task<string> NewIdAsync(IssueRequest request, CancellationToken ct)
    {
        if (request.Issuer.IsSelfSigned)
        {
            return await rack.Certificates.NewIdAsync(ct).ConfigureAwait(false);
        }

        await foreach (var order in rack.Orders.ListForAsync(request.Names, ct).ConfigureAwait(false))
        {
            if (order.Certificate.Issuer == request.Issuer.Name)
            {
                return order.Certificate.Id;
            }
        }

        if (request.Settings.Controller is not null && rack.Controller is { } controller)
        {
            await foreach (var unready in controller.ListUnreadyAsync(ct).ConfigureAwait(false))
            {
                if (unready.Certificate.Issuer == request.Issuer.Name && request.Names.SetEquals(unready.Certificate.Domains))
                {
                    return unready.Certificate.Id;
                }
            }
        }

        return request.Names.ToCertificateId();
    }

    /// <summary>Whether a certificate is what a request would give: from the same issuer, and not due.</summary>
    public bool IsCurrent(CertificateEntry known, IssueRequest request)
    {
        if (request.Force || known.Record.Issuer != request.Issuer.Name || RenewalPolicy.IsDue(known.Live, time.GetUtcNow()))
        {
            return false;
        }

        events.Report(new IssuanceEvent(
            IssuanceEventKind.Detail, $"{known.Record.Id} for {request.Names[0]} is valid until {known.Live.Expires:u} and not due before {known.Live.RenewAfter:u}: nothing is ordered. Use -Force to order anyway."));
        return true;
    }

    /// <summary>Keeps others from issuing for the same names, whatever their order and the certificate's id.</summary>
    /// <param name="names">The names.</param>
    /// <param name="onWait">Called where another has them.</param>
    /// <param name="ct">Stops it.</param>
    public Task<IAsyncDisposable> LockNamesAsync(CertificateNameSet names, Action onWait, CancellationToken ct) => rack.LockAsync(
        $"names/{SetIdOf(names)}",
        () =>
        {
            onWait();
            events.Report(new IssuanceEvent(IssuanceEventKind.Step, $"Waiting for another process that works on {names[0].Value}"));
        },
        ct);

    /// <summary>What all orders of the same names have in common.</summary>
    public static string SetIdOf(CertificateNameSet names) =>
        CertificateNameSet.Parse(names.Select(n => n.Value).Order(StringComparer.Ordinal)).ToCertificateId();

    /// <summary>The id under which a dry run for these names is journaled, beside that of their certificate.</summary>
    public static string DryRunIdOf(CertificateNameSet names) =>
        "cert-" + Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes($"dry-run {SetIdOf(names)}")))[..40].ToLowerInvariant();
}
