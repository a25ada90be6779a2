using System.Security.Cryptography;
using System.Text;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Issuance.Requests;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Versions;

/// <summary>Finds the certificate of a rack for a set of names, in any order, and creates ids for new ones.</summary>
internal sealed class CertificateLookup(IssuanceContext context)
{
    private readonly IRack _rack = context.Rack;

    /// <summary>Finds the certificate for exactly these names; null if there is none.</summary>
    public Task<CertificateEntry?> FindAsync(CertificateNameSet names, Issuer issuer, CancellationToken ct) =>
        FindAsync(names, !issuer.IsSelfSigned, ct);

    /// <summary>Finds the certificate for exactly these names; null if there is none.</summary>
    /// <param name="names">The names.</param>
    /// <param name="generated">True for a certificate from a CA, false for a self-signed one.</param>
    /// <param name="ct">The cancellation token.</param>
    public async Task<CertificateEntry?> FindAsync(CertificateNameSet names, bool generated, CancellationToken ct)
    {
        // Nearly always the id is the hash of the names, and one read replaces reading all certificates.
        if (generated && await _rack.Certificates.FindAsync(names.ToCertificateId(), ct).ConfigureAwait(false) is { } direct)
        {
            return direct;
        }

        CertificateEntry? found = null;
        await foreach (var entry in _rack.Certificates.ListForAsync(names, generated, ct).ConfigureAwait(false))
        {
            found = found is null || entry.Live.Expires > found.Live.Expires ? entry : found;
        }

        return found;
    }

    /// <summary>Returns the id under which the same names, in any order, are being issued; otherwise a new one.</summary>
    public async Task<string> CreateIdAsync(IssueRequest request, CancellationToken ct)
    {
        if (request.Issuer.IsSelfSigned)
        {
            return await _rack.Certificates.NewIdAsync(ct).ConfigureAwait(false);
        }

        await foreach (var order in _rack.Orders.ListForAsync(request.Names, ct).ConfigureAwait(false))
        {
            if (order.Certificate.Issuer == request.Issuer.Name)
            {
                return order.Certificate.Id;
            }
        }

        if (request.Settings.Controller is not null && _rack.Controller is { } controller)
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

    /// <summary>True if a certificate is what a request would produce: from the same issuer, and not due.</summary>
    public bool IsCurrent(CertificateEntry known, IssueRequest request) =>
        !request.Force && known.Record.Issuer == request.Issuer.Name && !RenewalPolicy.IsDue(known.Live, context.Now);

    /// <summary>Reports that a certificate is returned instead of ordering one.</summary>
    public void ReportCurrent(CertificateEntry known) => context.ReportDetail(
        $"{known.Record.Id} for {known.Record.Domains[0]} is valid until {known.Live.Expires:u} and not due before "
        + $"{known.Live.RenewAfter:u}: nothing is ordered.",
        new Remedy("NotDue"));

    /// <summary>Returns an id that all orders of the same names share.</summary>
    public static string GetSetId(CertificateNameSet names) =>
        CertificateNameSet.Parse(names.Select(n => n.Value).Order(StringComparer.Ordinal)).ToCertificateId();

    /// <summary>Returns the id under which a dry run for these names is journaled, beside that of their certificate.</summary>
    public static string GetDryRunId(CertificateNameSet names) => GetJournalId($"dry-run {GetSetId(names)}");

    /// <summary>Returns the id of a journal entry that has no certificate, from a text that identifies it.</summary>
    public static string GetJournalId(string text) =>
        "cert-" + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..40].ToLowerInvariant();
}
