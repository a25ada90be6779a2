using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Issuance.Context;
using ConvoxSsl.Engine.Racks.Contracts;

namespace ConvoxSsl.Engine.Issuance.Acme;

/// <summary>
/// Finds an order that the CA created although its response was lost, or the run was killed before it stored the order's URL.
/// A CA that lists no orders may return the same pending order for a repeated request, as Let's Encrypt does.
/// </summary>
internal sealed class OrderRecovery(IssuanceContext context, AcmeSession session)
{
    // An old account can have thousands. Another order costs less than reading them.
    private const int MaxOrders = 100;

    /// <summary>Finds the URL of the order that a record is for; null if there is none.</summary>
    /// <exception cref="AcmeException"><c>unreachable</c>: then an order cannot be created either.</exception>
    public async Task<Uri?> FindUrlAsync(OrderRecord record, CertificateNameSet names, CancellationToken ct)
    {
        AcmeIdentifier[] identifiers = [.. names.Select(AcmeIdentifier.FromName)];
        try
        {
            var read = 0;
            await foreach (var url in session.ListOrdersAsync(ct).ConfigureAwait(false))
            {
                if (read++ == MaxOrders)
                {
                    break;
                }

                if (IsFor(record, identifiers, await session.GetOrderAsync(url, ct).ConfigureAwait(false)))
                {
                    return url;
                }
            }
        }
        catch (AcmeException e) when (e.Problem.ShortType != AcmeProblemType.Unreachable)
        {
            ReportUnreadable(e);
        }

        return null;
    }

    /// <summary>Finds the URL of the order that a record is for; null if there is none or the CA cannot be reached.</summary>
    public async Task<Uri?> TryFindUrlAsync(OrderRecord record, CertificateNameSet names, CancellationToken ct)
    {
        try
        {
            return await FindUrlAsync(record, names, ct).ConfigureAwait(false);
        }
        catch (AcmeException e)
        {
            ReportUnreadable(e);
            return null;
        }
    }

    // Not an error: the request for a new order will report any real problem.
    private void ReportUnreadable(AcmeException e) =>
        context.ReportDetail($"The CA's list of orders could not be read: {e.Message}", e.Remedy);

    // The order was never finalized, and must not have other settings than the record.
    private bool IsFor(OrderRecord record, IReadOnlyList<AcmeIdentifier> names, AcmeOrder order)
    {
        var settings = record.Certificate.Settings;
        return order.Status is AcmeOrderStatus.Pending or AcmeOrderStatus.Ready
            && (order.Expires is not { } end || end > context.Now)
            && order.IsFor(names)
            && (order.Profile is null || settings?.Profile is null || order.Profile == settings.Profile)
            && (order.NotAfter is null || settings?.Duration is not null)
            && (order.Replaces is null || order.Replaces == record.Replaces);
    }
}
