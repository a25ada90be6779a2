using System.Security.Cryptography;
using System.Text;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks;

namespace ConvoxSsl.Engine.Issuance;

/// <summary>Which certificate of a rack a set of names means, whatever their order, and which id a new one gets.</summary>
internal sealed class CertificateLookup(IRack rack)
{
    /// <summary>The certificate for exactly these names: one of the same issuer first, else any that was made here.</summary>
    public async Task<CertificateEntry?> FindAsync(CertificateNameSet names, Issuer issuer, CancellationToken ct)
    {
        // The id that the names give is the answer nearly always, and costs one look instead of reading them all.
        if (issuer.DirectoryUrl is not null && await rack.Certificates.FindAsync(names.ToCertificateId(), ct).ConfigureAwait(false) is { } direct)
        {
            return direct;
        }

        CertificateEntry? found = null;
        await foreach (var entry in rack.Certificates.ListAsync(null, ct).ConfigureAwait(false))
        {
            if (entry.Record.Generated == (issuer.DirectoryUrl is not null) && entry.Record.Settings is not null && names.SetEquals(entry.Record.Domains))
            {
                found = found is null || entry.Live.Expires > found.Live.Expires ? entry : found;
            }
        }

        return found;
    }

    /// <summary>The id of the order for the same names that was broken off, perhaps with the names in another order, else a new one.</summary>
    public async Task<string> NewIdAsync(CertificateRequest request, CancellationToken ct)
    {
        if (request.Issuer.DirectoryUrl is null)
        {
            return await rack.Certificates.NewIdAsync(ct).ConfigureAwait(false);
        }

        await foreach (var order in rack.Orders.ListAsync(null, ct).ConfigureAwait(false))
        {
            if (order.Certificate.Issuer == request.Issuer.Name && request.Names.SetEquals(order.Certificate.Domains))
            {
                return order.Certificate.Id;
            }
        }

        return request.Names.ToCertificateId();
    }

    /// <summary>What all orders of the same names have in common.</summary>
    public static string SetIdOf(CertificateNameSet names) =>
        CertificateNameSet.Parse(names.Select(n => n.Value).Order(StringComparer.Ordinal)).ToCertificateId();

    /// <summary>The id under which a dry run for these names is journaled, beside that of their certificate.</summary>
    public static string DryRunIdOf(CertificateNameSet names) =>
        "cert-" + Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes($"dry-run {SetIdOf(names)}")))[..40].ToLowerInvariant();
}
